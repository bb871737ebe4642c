"""Looks up what a requirements file installs among the known vulnerabilities, with pip-audit.

Exits with 1 where there is one. Where the service cannot be asked, in a closed network say, it warns and exits with 0.
pip-audit itself says "No known vulnerabilities found" of packages that it could not look up; this counts them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

TIMEOUT_S = 600


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    try:
        finished = subprocess.run(
            [*command, "-r", sys.argv[1]], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return warn(f"no answer within {TIMEOUT_S} s")
    try:
        packages: list[dict[str, Any]] = json.loads(finished.stdout)["dependencies"]
    except (ValueError, KeyError):
        return warn(finished.stderr.strip() or "no answer")
    return report(packages)


def report(packages: list[dict[str, Any]]) -> int:
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    found = [(package["name"], package["version"], each) for package in packages for each in package.get("vulns", [])]
    for name, version, vulnerability in found:
        fixed = ", ".join(vulnerability["fix_versions"]) or "none"
        print(f"{name} {version}: {vulnerability['id']}, fixed in: {fixed}")
    if skipped:
        warn(f"{len(skipped)} of {len(packages)} packages could not be looked up: {' '.join(skipped)}")
    print(f"audited: {len(packages) - len(skipped)} packages; vulnerabilities: {len(found)}")
    return 1 if found else 0


def warn(text: str) -> int:
    print(f"WARNING: NOT AUDITED: {text}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
