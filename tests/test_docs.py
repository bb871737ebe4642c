"""What the code has, the docs name; what the docs show of the configuration, the code reads."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from realtime.conf import KittSettings, from_environment, variable_of
from realtime.protocol.close_codes import REASONS
from realtime.protocol.endpoints import ALL_TYPES, ENDPOINTS
from realtime.protocol.errors import ERRORS, FIELD_ERROR_CODES
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS
from realtime.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
README = (ROOT / "README.md").read_text()
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
SETTINGS = (ROOT / "kitt_project" / "settings.py").read_text()

KITT_VARIABLES = [variable_of(field.name) for field in msgspec.structs.fields(KittSettings)]
OTHER_VARIABLES = sorted(set(re.findall(r'(?:text|boolean)\("([A-Z_]+)"', SETTINGS)))
CHECK_IDS = sorted(
    {
        found
        for path in (ROOT / "realtime").rglob("checks.py")
        for found in re.findall(r"realtime\.[EW]\d+", path.read_text())
    }
)
OWN_COMMANDS = sorted(name for name, app in get_commands().items() if app in ("realtime", "simulation"))


@pytest.mark.parametrize("name", sorted({*ALL_TYPES, *SYSTEM_PAYLOADS, *ERRORS, *FIELD_ERROR_CODES}))
def test_every_type_and_error_code_is_in_the_protocol_page(name: str) -> None:
    assert f"`{name}`" in PROTOCOL


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_close_code_is_in_the_protocol_page_with_its_reason(code: int) -> None:
    assert re.search(rf"{code}.*{REASONS[code]}", PROTOCOL)


@pytest.mark.parametrize("path", [endpoint.path for endpoint in ENDPOINTS.values()])
def test_every_endpoint_is_in_the_readme_and_the_protocol_page(path: str) -> None:
    assert path in README
    assert path in PROTOCOL


@pytest.mark.parametrize("variable", [*KITT_VARIABLES, *OTHER_VARIABLES])
def test_every_variable_is_explained_and_in_the_example(variable: str) -> None:
    assert f"`{variable}`" in README
    assert f"`{variable}`" in OPERATIONS
    assert variable in EXAMPLE


def test_the_example_has_no_variable_that_nobody_reads() -> None:
    assert set(EXAMPLE) == {*KITT_VARIABLES, *OTHER_VARIABLES}


def test_the_example_holds_the_defaults() -> None:
    assert from_environment(EXAMPLE) == KittSettings()


def urls(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> list[str]:
    found = []
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append(path)
        elif "admin" not in path:
            found += urls(pattern.url_patterns, path)
    return found


@pytest.mark.parametrize("path", urls(get_resolver().url_patterns))
def test_every_url_is_in_the_operations_page(path: str) -> None:
    assert f"`{path}`" in OPERATIONS or f"`GET {path}`" in OPERATIONS


@pytest.mark.parametrize("command", OWN_COMMANDS)
def test_every_command_is_in_the_operations_page(command: str) -> None:
    assert f"manage.py {command}" in OPERATIONS


@pytest.mark.parametrize("check_id", CHECK_IDS)
def test_every_check_is_in_the_operations_page(check_id: str) -> None:
    assert f"`{check_id}`" in OPERATIONS


def test_the_operations_page_has_no_check_that_is_gone() -> None:
    assert sorted(set(re.findall(r"`(realtime\.[EW]\d+)`", OPERATIONS))) == CHECK_IDS


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == project["version"] == VERSION


PAGES = [
    *[ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "kitt_client" / "README.md", ROOT / "bench" / "README.md"],
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "monitoring").rglob("*.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_finds_it(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    assert [
        (file, anchor) for file, anchor in links if anchor not in anchors(page.parent / file if file else page)
    ] == []


def anchors(page: Path) -> list[str]:
    """As GitHub makes them from the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


LOG_LINES = re.findall(r"^\| [A-Z]+ `(realtime[\w.]+)` \| `([^`]+)`", OPERATIONS, re.MULTILINE)


@pytest.mark.parametrize(("logger", "line"), LOG_LINES)
def test_every_log_line_of_the_operations_page_is_written_by_its_logger(logger: str, line: str) -> None:
    source = (ROOT / f"{logger.replace('.', '/')}.py").read_text()
    assert [part for part in line.split("…") if part not in source] == []
