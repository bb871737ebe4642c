"""The soak: python -m tests.soak [--minutes 30] [--clients 500] [--seed N]"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests import postgres, redis
from tests.soak.faults import drawn
from tests.soak.report import report
from tests.soak.run import Plan, soak

REPORT = Path(__file__).resolve().parents[2] / "bench" / "results" / "soak.md"
FULL_MINUTES = 30


def main() -> int:
    parser = argparse.ArgumentParser(description="Everything that can break breaks, again and again.")
    parser.add_argument("--minutes", type=float, default=FULL_MINUTES, help="of faults, one every 30 s")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="which faults, in which order")
    options = parser.parse_args()
    if not (redis.find_binary() and postgres.find_binary("postgres")):
        print("It needs the server binaries of Redis and PostgreSQL: see .ci/run", file=sys.stderr)
        return 2
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    faults = drawn(random.Random(options.seed), max(1, int(options.minutes * 60 / Plan.every_s)))
    plan = Plan(options.seed, faults, options.clients)
    with tempfile.TemporaryDirectory(prefix="kitt-soak-") as folder:
        outcome = asyncio.run(soak(plan, Path(folder)))
    page = report(outcome)
    print(page)
    if options.minutes >= FULL_MINUTES:
        REPORT.write_text(page)
    return 1 if outcome.accounts.problems else 0


if __name__ == "__main__":
    sys.exit(main())
