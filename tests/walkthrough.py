"""A page of the documentation, done as it says: its files saved, its commands run, its outputs compared."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.servers import ROOT, Server

TIMEOUT_S = 20
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<language>\w+) ?(?P<of>\S*)\n(?P<text>.*?)```", re.DOTALL)
SAVED = re.compile(r"[Ss]ave this as\s+`([^`]+)`")
STOPPED = re.compile(r"[Ss]top\s+`([^`]+)`\s+with\s+Ctrl-C")


class Block(NamedTuple):
    """`file` is what it is to be saved as; `of` the program whose output it is; `stopped` one to end before it."""

    language: str
    text: str
    file: str
    of: str
    stopped: str


def blocks(page: str) -> list[Block]:
    found = []
    for match in BLOCK.finditer(page):
        paragraph = page[: match.start("language")].rsplit("\n\n", 2)[-2]
        block = Block(match["language"], match["text"], named(SAVED, paragraph), match["of"], named(STOPPED, paragraph))
        found.append(block)
    return found


def named(pattern: re.Pattern[str], paragraph: str) -> str:
    found = pattern.search(paragraph)
    return found[1] if found else ""


class Walkthrough:
    """`make run` starts the server, and starts it anew; a program that does not end is left to run."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.outputs: dict[str, Path] = {}
        self.last = ""
        self.starts = 0

    def follow(self, page: str) -> None:
        for block in blocks(page):
            if block.stopped:
                self.interrupt(block.stopped)
            if block.file:
                (self.folder / block.file).write_text(self.adapted(block.text))
            elif block.language == "sh":
                for command in block.text.splitlines():
                    self.run(command)
            elif block.language == "text":
                self.compare(block.of or self.last, block.text)

    def adapted(self, text: str) -> str:
        return text.replace("http://localhost:8000", self.server.url).replace("ws://localhost:8000", self.server.ws_url)

    def run(self, command: str) -> None:
        if command == "make run":
            self.starts += 1
            if self.starts > 1:
                self.restart()
            return
        name = command.split()[1] if command.startswith(".venv/bin/python") else f"command {len(self.outputs)}"
        if name in self.programs:
            self.programs[name].wait(TIMEOUT_S)
        output = self.folder / f"{name}.out"
        self.outputs[name], self.last = output, name
        with output.open("wb") as file:
            self.programs[name] = subprocess.Popen(
                "exec " + self.adapted(command).replace(".venv/bin/python", sys.executable),
                shell=True,
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        if name.startswith("command"):
            assert self.programs[name].wait(TIMEOUT_S) == 0, output.read_text()

    def interrupt(self, name: str) -> None:
        self.programs[name].send_signal(signal.SIGINT)
        self.programs[name].wait(TIMEOUT_S)

    def restart(self) -> None:
        old = self.server
        assert old.stop() == 0
        self.server = Server("runserver", self.folder, old.database, {}, port=old.port)
        self.server.wait_until_it_answers()

    def compare(self, name: str, expected: str) -> None:
        """The program's output has these lines at its end, by now or soon; `…` stands for anything."""
        pattern = ".*".join(re.escape(part) for part in expected.strip().split("…")) + r"\s*$"
        deadline = time.monotonic() + TIMEOUT_S
        while not re.search(pattern, found := self.outputs[name].read_text()):
            assert time.monotonic() < deadline, f"{name} printed\n{found}\ninstead of\n{expected}"
            time.sleep(0.05)

    def stop(self) -> None:
        for program in self.programs.values():
            program.terminate()
            program.wait(TIMEOUT_S)
        self.server.stop()
