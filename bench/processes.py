"""Cores, and what the processes of a server use, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/<pid>/stat after the name in brackets: proc(5) counts from 1 and has the state as the third.
PARENT, USER_TICKS, SYSTEM_TICKS, RESIDENT_PAGES = 1, 11, 12, 21

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started meanwhile runs on this core alone, its threads and children with it."""
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def cpu_seconds(pid: int) -> float:
    """Of the process and its descendants that live."""
    return sum(int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS]) for fields in family(pid)) / TICKS_PER_S


def resident_bytes(pid: int) -> int:
    """Of the process and its descendants; a page that several share counts for each."""
    return sum(int(fields[RESIDENT_PAGES]) for fields in family(pid)) * PAGE_BYTES


def family(pid: int) -> list[list[str]]:
    every = {int(path.name): stat(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    members = {pid}
    while grown := {child for child, fields in every.items() if fields and int(fields[PARENT]) in members} - members:
        members |= grown
    return [every[member] for member in members if every.get(member)]


def stat(process: Path) -> list[str]:
    """Nothing where the process has just ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
