"""The load generator: compiles what is in bench/load/ and runs it on the load's core."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.processes import LOAD_CORE, on_core

SOURCES = Path(__file__).resolve().parent / "load"
PROGRAM = SOURCES / "build" / "load"

Figures = dict[str, Any]


class LoadFailedError(Exception):
    """Something was missing, doubled, out of order or closed; its text says what."""


def compiled() -> Path:
    """The program, compiled anew where a source is newer."""
    sources = sorted(SOURCES.glob("*.c"))
    newest = max(path.stat().st_mtime for path in [*sources, *SOURCES.glob("*.h")])
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < newest:
        PROGRAM.parent.mkdir(exist_ok=True)
        subprocess.run(["cc", "-O2", "-o", str(PROGRAM), *map(str, sources)], check=True)
    return PROGRAM


def run(mode: str, *, on_event: Callable[[str], None] | None = None, **options: object) -> dict[str, Figures]:
    """What the generator reports, by event: "connected" and, where messages are sent, "measuring" and "measured".

    `options` are those of the program, with _ for -; True stands for one without a value, False for none. `on_event`
    is called at each event, while the connections are open.
    """
    command = [str(compiled()), mode]
    for name, value in options.items():
        if value is not False:
            command.append(f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}"))
    # The self-test has two processes, and pins each.
    with nullcontext() if mode == "selftest" else on_core(LOAD_CORE):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    with process:
        events = read_events(process, on_event)
        error = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise LoadFailedError(error.strip())
    return events


def read_events(process: subprocess.Popen[str], on_event: Callable[[str], None] | None) -> dict[str, Figures]:
    events: dict[str, Figures] = {}
    for line in process.stdout or ():
        figures = json.loads(line)
        name = figures.pop("event")
        events[name] = figures
        if on_event:
            on_event(name)
    return events
