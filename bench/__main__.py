"""How fast KITT is, and how fast its peers are, in one run.

    python -m bench                    everything, some ten minutes; writes bench/results/
    python -m bench --only broadcast   one scenario or more, printed
    python -m bench --quick            a short look at everything, printed

README.md says what is measured. Exits with 1 where KITT lost something.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import sys
from typing import Any

from bench import load
from bench.chart import chart
from bench.install import install_peers
from bench.machine import cores, machine, versions
from bench.scenarios import SCENARIOS
from bench.servers import ROOT
from bench.session import Session, say
from bench.table import page

RESULTS = ROOT / "bench" / "results"


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast KITT is beside its peers.")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), metavar="SCENARIO")
    parser.add_argument("--quick", action="store_true", help="one short round, a tenth of the connections")
    options = parser.parse_args()
    allow_many_files()
    install_peers()
    results = measure(options.only, Session(quick=options.quick))
    if options.quick or len(options.only) < len(SCENARIOS):
        print(page(results))
    else:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "latest.json").write_text(json.dumps(results, indent=1) + "\n")
        (RESULTS / "latest.md").write_text(page(results))
        (RESULTS / "latest.svg").write_text(chart(results))
    return 1 if any(failure.startswith("KITT") for failure in results["failures"]) else 0


def measure(names: list[str], session: Session) -> dict[str, Any]:
    say("the load generator by itself")
    by_itself = load.run("selftest", in_flight=64, size=330, same_order=True)
    results: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "cores": cores(),
        "versions": versions(),
        "ceiling": by_itself["measured"]["deliveries_per_s"],
        "quick": session.quick,
        "left_out": session.left_out,
        "failures": session.failures,
    }
    for name, scenario in SCENARIOS.items():
        if name in names:
            say(name)
        results[name] = scenario(session) if name in names else {}
    return results


def allow_many_files() -> None:
    """The servers inherit it: 10,000 connections are as many files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
