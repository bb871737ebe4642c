"""What is published: the files, the names, the types."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tomllib
import urllib.request
from pathlib import Path

import pytest

from tests.monitoring.browser_client.served import STATIC, ServedScript
from tests.monitoring.browser_client.tab import MODULE, Open
from tests.needs import require
from tests.servers import ROOT, Server

CLIENT = STATIC / "kitt" / "client"
TYPES = (CLIENT / "kitt-client.d.ts").read_text()
README = (CLIENT / "README.md").read_text()
MANIFEST = json.loads((CLIENT / "package.json").read_text())
MODULES = sorted(path.name for path in CLIENT.glob("*.js"))

MEMBERS = """async (module) => Object.entries(await import(module)).map(
    ([name, value]) => [name, Object.getOwnPropertyNames(value.prototype ?? {})]
)"""


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_exported_is_what_is_declared(script: ServedScript, open_tab: Open) -> None:
    tab = await open_tab(script.page_url)
    exported = dict(await tab.page.evaluate(MEMBERS, MODULE))
    assert set(exported) == set(re.findall(r"export declare (?:class|function) (\w+)", TYPES))
    stream = re.search(r"class Stream {(.*?)\n}", TYPES, re.DOTALL)
    assert stream is not None
    declared = set(re.findall(r"^  (?:readonly )?(\w+)[(:]", stream[1], re.MULTILINE))
    assert set(exported["Stream"]) == declared


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_served_as_javascript_to_pages_from_anywhere(server: Server, module: str) -> None:
    with urllib.request.urlopen(f"{server.url}/static/kitt/client/{module}", timeout=10) as response:
        assert response.headers.get_content_type() == "text/javascript"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_version_is_that_of_the_server() -> None:
    assert MANIFEST["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_it_needs_nothing_and_imports_nothing_from_elsewhere() -> None:
    assert not {"dependencies", "peerDependencies", "scripts"} & set(MANIFEST)
    imported = {name for path in CLIENT.glob("*.js") for name in re.findall(r'from "(.*)";', path.read_text())}
    assert imported <= {f"./{name}" for name in MODULES}


def test_no_module_is_long() -> None:
    assert max(len((CLIENT / name).read_text().splitlines()) for name in MODULES) <= 250


def test_the_package_holds_the_modules_the_types_and_the_page_about_them(tmp_path: Path) -> None:
    npm = program("npm")
    packed = subprocess.run(
        [npm, "pack", "--dry-run", "--json", "--offline", f"--cache={tmp_path}"],
        cwd=CLIENT, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    files = {file["path"] for file in json.loads(packed.stdout)[0]["files"]}
    assert files == {*MODULES, "kitt-client.d.ts", "package.json", "README.md"}


def test_the_types_fit_the_examples_of_the_readme(tmp_path: Path) -> None:
    tsc = program("tsc")
    installed = tmp_path / "node_modules" / "kitt-client"
    shutil.copytree(CLIENT, installed)
    examples = re.findall(r"```(?:js|ts)\n(.*?)```", README, re.DOTALL)
    assert examples
    for number, example in enumerate(examples):
        code = example.replace("/static/kitt/client/kitt-client.js", "kitt-client")
        (tmp_path / f"example_{number}.ts").write_text(code + "\nexport {};\n")
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"]
    (tmp_path / "package.json").write_text('{"type": "module"}')
    files = [path.name for path in tmp_path.glob("*.ts")]
    checked = subprocess.run([tsc, *options, *files], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (checked.stdout, checked.returncode) == ("", 0)


IN_NODE = """
import { connect } from "MODULE";
const stream = connect("freight", { url: "URL", clientId: "node", WebSocket: class extends WebSocket {} });
console.log((await stream.publish("route_update", { shipment_id: "SH-1" })).offset);
stream.close();
"""


@pytest.mark.asyncio(loop_scope="session")
async def test_it_runs_in_node_which_ends_when_the_stream_is_closed(script: ServedScript, tmp_path: Path) -> None:
    node = program("node")
    main = tmp_path / "main.mjs"
    main.write_text(IN_NODE.replace("MODULE", str(CLIENT / "kitt-client.js")).replace("URL", script.url))
    # Node before 22 has its WebSocket behind the option.
    process = await asyncio.create_subprocess_exec(
        node, "--experimental-websocket", str(main), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    assert (output, process.returncode, script.offsets) == (b"1\n", 0, [1])


def program(name: str) -> str:
    found = shutil.which(name)
    require(Path(found) if found else None, f"no {name}: .ci/run says how to install it")
    return str(found)
