"""The parent process of Django's autoreloader, one that lets its child end in order.

Django's own kills its child with SIGKILL when it is sent SIGTERM, and no client would learn why.
"""

from __future__ import annotations

import os
import signal
import subprocess

from django.utils.autoreload import DJANGO_AUTORELOAD_ENV, get_child_arguments

# What a child exits with when a file has changed.
RELOAD = 3
GRACE_S = 10


def is_parent() -> bool:
    return os.environ.get(DJANGO_AUTORELOAD_ENV) != "true"


def run_child_until_done() -> int:
    """Start the server anew as long as it asks for that. Returns its exit code."""
    code = RELOAD
    while code == RELOAD:
        child = subprocess.Popen(get_child_arguments(), env={**os.environ, DJANGO_AUTORELOAD_ENV: "true"})  # noqa: S603
        signal.signal(signal.SIGTERM, lambda *_, child=child: child.terminate())
        code = wait(child)
    return code


def wait(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait()
    except KeyboardInterrupt:
        # Ctrl-C in a terminal reaches the child as well; `kill -INT` does not.
        try:
            return child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            child.terminate()
            return child.wait()
