"""The house rules that a machine can hold: who imports whom, where imports stand, how long things are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("kitt_project", "realtime", "monitoring", "simulation", "kitt_client", "bench")
# Not held to the rules: what Django writes, and the programs that KITT is compared with.
EXEMPT = {"migrations", "peers"}
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if not EXEMPT & {*path.parts}]
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}

# Which packages of ours a package may import.
MAY_IMPORT = {
    "realtime": {"realtime"},
    "monitoring": {"monitoring", "realtime"},
    "simulation": {"simulation", "realtime"},
    "kitt_project": {"realtime"},
    "kitt_client": {"kitt_client"},
    "bench": {"bench", "realtime", "tests"},
}
PURE = "realtime.protocol"
PURE_MAY_IMPORT = {"msgspec", "realtime"}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def imports_of(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports; of `from a import b`, a.b where that is a module of ours."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_imports_run_in_one_direction(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imports_of(path)} & {*PACKAGES, "tests"}
    assert ours <= MAY_IMPORT[package]


PURE_FILES = [path for name, path in MODULES.items() if name.startswith(PURE)]


@pytest.mark.parametrize("path", PURE_FILES, ids=names(PURE_FILES))
def test_the_protocol_knows_nothing_of_django_or_io(path: Path) -> None:
    outside = {
        name.split(".")[0]
        for name in imports_of(path)
        if name.split(".")[0] not in PURE_MAY_IMPORT and name.split(".")[0] not in STANDARD
    }
    ours = {name for name in imports_of(path) if name.startswith("realtime")}
    assert not outside
    assert all(name.startswith(PURE) for name in ours)


PURE_AUTH = [f"realtime.auth.{name}" for name in ("identity", "keys", "tokens", "issuing", "credentials", "key_file")]


@pytest.mark.parametrize("name", PURE_AUTH)
def test_tokens_are_verified_without_django(name: str) -> None:
    found = set(imports_of(MODULES[name]))
    ours = {module for module in found if module.startswith("realtime")}
    assert not any(module.startswith(("django", "channels", "rest_framework")) for module in found)
    assert all(module.startswith(PURE) or module in (*PURE_AUTH, "realtime.asgi") for module in ours)


# The part of the standard library that does no I/O.
STANDARD = {
    "__future__", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "math", "operator",
    "json", "re", "secrets", "string", "typing", "urllib", "uuid",
}  # fmt: skip


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: {found for found in imports_of(path) if found in MODULES} - {name} for name, path in MODULES.items()}
    while graph:
        leaves = {name for name, found in graph.items() if not found}
        assert leaves, f"a circle among {sorted(graph)}"
        graph = {name: found - leaves for name, found in graph.items() if name not in leaves}


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_imports_stand_at_the_top(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert not any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)), node.name


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, node.name


def test_only_the_feeds_send_to_groups() -> None:
    senders = [
        name
        for name, path in MODULES.items()
        if "group_send(" in path.read_text() and not name.startswith("realtime.layers")
    ]
    assert senders == ["realtime.node.feed", "realtime.node.feeds"]
