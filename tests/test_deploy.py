"""The files of docs/deploy fit KITT, and each other. tests/server/test_rolling_restart.py runs that of nginx."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from realtime.management.commands.serve import Command
from tests.needs import require
from tests.servers import ROOT

DEPLOY = ROOT / "docs" / "deploy"
UNIT = (DEPLOY / "kitt@.service").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
KNOWN = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
DEFAULT_GRACEFUL_TIMEOUT_S = 10


def value(name: str) -> str:
    """Of the systemd unit."""
    found = re.search(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    assert found is not None
    return found[1]


def serve_options(arguments: list[str]) -> dict[str, Any]:
    """Of a command line; one that `serve` does not take fails."""
    start = arguments.index("serve") + 1
    return vars(Command().create_parser("manage.py", "serve").parse_args(arguments[start:]))


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    binary = shutil.which("systemd-analyze")
    require(Path(binary) if binary else None, "no systemd-analyze: apt-get install systemd")
    unit = tmp_path / "kitt@.service"
    unit.write_text(UNIT.replace("/opt/kitt/.venv/bin/python", sys.executable).replace("/opt/kitt", str(ROOT)))
    finished = subprocess.run([str(binary), "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_unit_gives_a_stop_the_time_that_it_may_take() -> None:
    options = serve_options(shlex.split(value("ExecStart").replace("%i", "8001")))
    assert options["port"] == 8001
    assert options["graceful_timeout"] < int(value("TimeoutStopSec"))


def test_the_container_runs_serve_and_gets_its_signals_itself() -> None:
    command = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert command is not None
    assert serve_options(json.loads(command[1]))["host"] == "0.0.0.0"


def test_compose_gives_a_stop_the_time_that_it_may_take() -> None:
    assert int(SERVICES["kitt-1"]["stop_grace_period"].removesuffix("s")) > DEFAULT_GRACEFUL_TIMEOUT_S


def test_compose_has_a_service_for_each_process_that_nginx_hands_on_to() -> None:
    ports = re.findall(r"server 127\.0\.0\.1:800(\d)", (DEPLOY / "nginx.conf").read_text())
    assert {f"kitt-{number}" for number in ports} == set(SERVICES["nginx"]["depends_on"])
    assert set(SERVICES["nginx"]["depends_on"]) < set(SERVICES)


def test_what_nginx_is_told_in_compose_names_the_services() -> None:
    script = re.search(r"sed '(.*?)'", SERVICES["nginx"]["command"][-1])
    assert script is not None
    changed = subprocess.run(
        ["sed", script[1], str(DEPLOY / "nginx.conf")], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert re.findall(r"server (\S+) max_fails", changed) == ["kitt-1:8000", "kitt-2:8000", "kitt-3:8000"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_waits_for_services_that_are_there(service: str) -> None:
    assert set(SERVICES[service].get("depends_on", ())) <= set(SERVICES)


def test_every_variable_of_the_files_is_one_that_kitt_reads() -> None:
    named = re.findall(r"^([A-Z_]+)=", (DEPLOY / "kitt.env").read_text(), re.MULTILINE)
    named += [*SERVICES["kitt-1"]["environment"], *re.findall(r"^Environment=([A-Z_]+)=", UNIT, re.MULTILINE)]
    assert set(named) <= KNOWN
