"""What it was measured on."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

from bench.processes import CORES, LOAD_CORE, PAGE_BYTES, SERVER_CORE
from bench.servers import PEERS, VENV
from realtime.version import VERSION

OWN_PACKAGES = ("uvicorn", "uvloop", "websockets", "daphne", "channels", "Django")
PEER_PACKAGES = ("fastapi", "uvicorn", "websockets", "channels", "channels_redis", "daphne", "socketify")


def machine() -> str:
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    gigabytes = os.sysconf("SC_PHYS_PAGES") * PAGE_BYTES / 1e9
    processor = model[1] if model else platform.machine()
    return f"{len(CORES)} cores of {processor}, {gigabytes:.0f} GB, Linux {platform.release()}"


def cores() -> str:
    if SERVER_CORE == LOAD_CORE:
        return "The server and the load share the one core there is: compare nothing here with other machines."
    return f"The server runs on core {SERVER_CORE}, the load on core {LOAD_CORE}."


def versions() -> dict[str, str]:
    own = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    own |= {package: importlib.metadata.version(package) for package in OWN_PACKAGES}
    return {f"KITT {VERSION}": named(own), "peers": named(peers())}


def named(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def peers() -> dict[str, str]:
    """Of what is installed."""
    found = python_packages()
    package = PEERS / "node_ws" / "node_modules" / "ws" / "package.json"
    if package.exists():
        found["ws"] = json.loads(package.read_text())["version"]
    for name, option in (("node", "--version"), ("nginx", "-v"), ("redis-server", "--version")):
        if version := re.search(r"\d+\.\d+\.\d+", said_by(name, option)):
            found[name] = version[0]
    return found


def python_packages() -> dict[str, str]:
    listed = said_by(str(VENV / "bin" / "python"), "-m", "pip", "list", "--format=json", "--disable-pip-version-check")
    if not listed:
        return {}
    installed = {package["name"]: package["version"] for package in json.loads(listed.splitlines()[0])}
    return {name: installed[name] for name in PEER_PACKAGES if name in installed}


def said_by(name: str, *arguments: str) -> str:
    """Nothing where it is not here."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if not path:
        return ""
    finished = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    return finished.stdout or finished.stderr
