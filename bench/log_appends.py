"""How many messages a second the log takes, with 1, 16 and 256 senders that each wait for their commit.

    python -m bench.log_appends [--seconds 5]

On SQLite with synchronous=FULL and, where its binaries are installed, on a PostgreSQL of its own with its default
settings (fsync on); both on this machine's disk. The messages are positions of about 250 bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.disk import folder_on_disk
from tests.postgres import find_binary, running_postgres

SENDERS = ("1", "16", "256")


def measure(name: str, url: str, folder: Path, seconds: float) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "LOG_FILE": str(folder / "kitt.log"),
        "DJANGO_SETTINGS_MODULE": "kitt_project.settings",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=environment, check=True)
    command = [sys.executable, "-m", "bench.append_worker", str(seconds), *SENDERS]
    rates = json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    print(f"| {name} | " + " | ".join(f"{rate:,}" for rate in rates) + " |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Messages a second into the log.")
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    print("| messages/s | " + " | ".join(f"{senders} in flight" for senders in SENDERS) + " |\n|---|---|---|---|")
    with folder_on_disk() as folder:
        measure("SQLite, FULL", f"sqlite:///{folder / 'kitt.sqlite3'}", folder, seconds)
        if find_binary("postgres"):
            with running_postgres(folder, folder / "postgres.log") as postgres:
                measure("PostgreSQL", postgres.url, folder, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
