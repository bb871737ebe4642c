"""A page of the documentation, done as it says: its files saved, its commands run, its outputs compared."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.servers import ROOT, Server

TIMEOUT_S = 30
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
    """`make run` finds the server, or starts it anew; a program that does not end is left to run.

    `names` are what stands on the page, and what it is here.
    """

    def __init__(self, folder: Path, server: Server, names: dict[str, str] | None = None) -> None:
        self.folder, self.server = folder, server
        self.names = {"ws://localhost:8000": server.ws_url, "http://localhost:8000": server.url, **(names or {})}
        self.settings: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.outputs: dict[str, Path] = {}
        self.last = ""
        self.starts = 0

    def follow(self, page: str) -> None:
        for block in blocks(page):
            if block.stopped:
                self.interrupt(block.stopped)
            if block.file:
                self.save(block)
            elif block.language == "sh":
                for command in block.text.splitlines():
                    self.run(command)
            elif block.language == "text":
                self.compare(block.of or self.last, block.text)
            elif block.language == "ini":
                self.set(self.adapted(block.text))

    def save(self, block: Block) -> None:
        (self.folder / block.file).write_text(self.adapted(block.text))

    def adapted(self, text: str) -> str:
        for name, here in self.names.items():
            text = text.replace(name, here)
        return text

    def set(self, lines: str) -> None:
        """Lines of .env; `…` is what the last command printed."""
        printed = self.outputs[self.last].read_text().strip() if self.outputs else ""
        self.settings |= dict(line.replace("…", printed).split("=", 1) for line in lines.splitlines())

    def run(self, command: str) -> None:
        if command == "make run":
            self.starts += 1
            if self.starts > 1 or self.settings:
                self.restart()
            return
        name = next(filter(self.saved, command.split()), f"command {len(self.outputs)}")
        output = self.folder / f"{name}.out"
        self.outputs[name], self.last = output, name
        with output.open("wb") as file:
            self.programs[name] = subprocess.Popen(
                shell_line(self.adapted(command)),
                shell=True,
                cwd=self.folder,
                env=self.environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        if " serve " in command:
            self.wait_for(name, "KITT is listening")
        elif name.startswith("command"):
            assert self.programs[name].wait(TIMEOUT_S) == 0, output.read_text()
        self.variables |= {file.suffix[1:]: file.read_text() for file in self.folder.glob("exported.*")}

    def saved(self, word: str) -> bool:
        return word.endswith(".py") and (self.folder / word).exists()

    def environment(self) -> dict[str, str]:
        """Of a terminal in KITT's folder: what the server has, and what was exported."""
        return self.server.environment | self.settings | self.variables | {"PYTHONPATH": str(ROOT)}

    def interrupt(self, name: str) -> None:
        self.programs[name].send_signal(signal.SIGINT)
        self.programs[name].wait(TIMEOUT_S)

    def restart(self) -> None:
        old = self.server
        assert old.stop() == 0
        self.server = Server("runserver", self.folder, old.database, self.settings, port=old.port)
        self.server.wait_until_it_answers()

    def compare(self, name: str, expected: str) -> None:
        """The program's output has these lines at its end, by now or soon; `…` stands for anything."""
        self.wait_for(name, ".*".join(re.escape(part) for part in expected.strip().split("…")) + r"\s*$")

    def wait_for(self, name: str, pattern: str) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not re.search(pattern, found := self.outputs[name].read_text()):
            assert time.monotonic() < deadline, f"{name} printed\n{found}\ninstead of\n{pattern}"
            time.sleep(0.05)

    def stop(self) -> None:
        for program in self.programs.values():
            program.terminate()
            program.wait(TIMEOUT_S)
        self.server.stop()


def shell_line(command: str) -> str:
    """The command for a shell that has no folder of KITT's, and gives way to it where it can be stopped."""
    here = command.replace(".venv/bin/python", sys.executable).replace(" manage.py ", f" {ROOT / 'manage.py'} ")
    if here.startswith("export "):
        variable = here.removeprefix("export ").partition("=")[0]
        return f'{here}; printf %s "${variable}" > exported.{variable}'
    return re.sub(r"^((?:\w+=\S+ )*)", r"\1exec ", here)
