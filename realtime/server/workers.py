"""Several server processes on one listening socket, kept alive until they are asked to stop."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from realtime.metrics.folder import Folder

logger = logging.getLogger(__name__)

FAILED_TO_START = 3
"""The exit code of a server that never listened: to start it anew would not help."""
LOOK_INTERVAL_S = 0.2
RESTART_DELAY_S = 1.0
STOP_SLACK_S = 5.0


class Workers:
    """Starts `count` processes of `command`, and one more for each that ends by itself.

    SIGTERM and SIGINT end them in order, within `stop_timeout` seconds; a second signal kills them.
    """

    def __init__(
        self, command: Sequence[str], count: int, listening: socket.socket, stop_timeout: float, numbers: Folder
    ) -> None:
        self.command = command
        self.count = count
        self.listening = listening
        self.stop_timeout = stop_timeout
        self.numbers = numbers
        self.processes: list[subprocess.Popen[bytes]] = []
        self.signals = 0

    def run(self) -> int:
        """Returns an exit code: 0, or that of a worker that could not start."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.on_signal)
        self.processes = [self.start() for _ in range(self.count)]
        code = 0
        while not self.signals and not code:
            time.sleep(LOOK_INTERVAL_S)
            code = self.replace_ended()
        self.stop()
        return code

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in a terminal must not reach it besides the SIGTERM from here.
        return subprocess.Popen(  # noqa: S603
            self.command, pass_fds=[self.listening.fileno()], start_new_session=True
        )

    def replace_ended(self) -> int:
        for index, process in enumerate(self.processes):
            code = process.poll()
            if code == FAILED_TO_START:
                return code
            if code is not None:
                logger.error("worker %d ended with %d, and is started anew", process.pid, code)
                self.retire(process.pid)
                time.sleep(RESTART_DELAY_S)
                self.processes[index] = self.start()
        return 0

    def retire(self, pid: int) -> None:
        try:
            self.numbers.retire(pid)
        except OSError as error:
            # No reason to leave the others without a parent.
            logger.error("what worker %d counted is lost: %s", pid, error)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        deadline = time.monotonic() + self.stop_timeout + STOP_SLACK_S
        while any(process.poll() is None for process in self.processes):
            if self.signals > 1 or time.monotonic() > deadline:
                logger.error("workers that did not stop are killed")
                for process in self.processes:
                    process.kill()
                    process.wait()
            time.sleep(LOOK_INTERVAL_S)


def serve_command(listening: socket.socket, *options: str) -> list[str]:
    return [sys.executable, sys.argv[0], "serve", "--fd", str(listening.fileno()), *options]
