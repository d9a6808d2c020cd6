"""Clients generated from the OpenAPI document track, stop, list and export tasks; linters accept the document.

Each tool is installed into an environment of its own. Without npm or a registry the tests are skipped, or fail if CI
is set.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PATIENCE
from tests.server.openapi import dump_document
from tests.system.command import Program
from tests.system.server import Server, serving

CLIENTS = Path(__file__).with_name("clients")

# What each client prints: a task with text that is not ASCII and a project with a space, on its day.
TASK = {"id": 1, "description": "書類を書く", "project": "acme corp/web site", "tags": ["été"]}
EXPECTED = {
    "location": "/tasks/1",
    "stopped": 1,
    "times": [TASK | {"time_spent": 5400}],
    "tasks": [TASK],
    "task": TASK,
    "report": [["2023-07-16", "acme corp/web site", 5400, 5400]],
    "csv": "1,42,書類を書く,2023-07-16T09:00:00+02:00,2023-07-16T10:30:00+02:00,5400,acme corp/web site,été,",
    "json": TASK["description"],
    "problem": "already-stopped",
}


@pytest.fixture
def tools() -> dict[str, str]:
    """The environment of the tools: the user's own home, for the caches and the configured registries."""
    return os.environ | {
        "HOME": pwd.getpwuid(os.getuid()).pw_dir,
        "NO_UPDATE_NOTIFIER": "1",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    }


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    dump_document(path)
    return path


@pytest.fixture
def server(program: Program, environ: dict[str, str], tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server on a file, and a token of user 42."""
    database = str(tmp_path / "tasks.db")
    token = program("--database", database, "token", "create", "--user", "42").stdout.strip()
    with serving(database, environ=environ, log=tmp_path / "server.log") as server:
        yield server, token


def unavailable(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def run(*command: str | Path, env: dict[str, str], cwd: Path) -> str:
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def install_python(folder: Path, env: dict[str, str], *packages: str) -> Path:
    """Install packages into a new virtual environment, and return its scripts."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, env=env, cwd=folder.parent)
    scripts = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "-q", "--no-compile"]
    if subprocess.run([*pip, *packages], env=env, timeout=PATIENCE, capture_output=True, check=False).returncode != 0:
        unavailable(f"pip cannot install {', '.join(packages)}")
    return scripts


def install_node(folder: Path, env: dict[str, str], *packages: str) -> Path:
    """Install packages below a folder, and return their scripts."""
    npm = shutil.which("npm")
    if npm is None:
        unavailable("npm is not installed")
    folder.mkdir()
    flags = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error")
    command = [str(npm), "install", *flags, "--prefix", str(folder), *packages]
    if subprocess.run(command, env=env, timeout=PATIENCE, capture_output=True, check=False).returncode != 0:
        unavailable(f"npm cannot install {', '.join(packages)}")
    return folder / "node_modules" / ".bin"


def check_output(text: str) -> None:
    found = json.loads(text)
    assert found == EXPECTED


def test_openapi_python_client(
    document: Path, server: tuple[Server, str], tools: dict[str, str], tmp_path: Path
) -> None:
    scripts = install_python(tmp_path / "venv", tools, "openapi-python-client")
    generator = scripts / "openapi-python-client"
    generated = tmp_path / "generated"
    path = {"PATH": f"{scripts}:{tools['PATH']}"}  # it formats what it has made with the ruff beside it
    command = (generator, "generate", "--path", document, "--meta", "none", "--output-path", generated)
    run(*command, "--fail-on-warning", env=tools | path, cwd=tmp_path)
    run(scripts / "python", "-m", "compileall", "-q", generated, env=tools, cwd=tmp_path)
    shutil.copy(CLIENTS / "openapi_python_client.py", tmp_path / "main.py")
    check_output(run(scripts / "python", "main.py", server[0].url, server[1], env=tools, cwd=tmp_path))


def test_datamodel_code_generator(
    document: Path, server: tuple[Server, str], tools: dict[str, str], tmp_path: Path
) -> None:
    scripts = install_python(tmp_path / "venv", tools, "datamodel-code-generator", "httpx")
    models = tmp_path / "models.py"
    command = (scripts / "datamodel-codegen", "--input", document, "--input-file-type", "openapi")
    kind = ("--output-model-type", "pydantic_v2.BaseModel", "--output", models)
    run(*command, *kind, env=tools, cwd=tmp_path)
    run(scripts / "python", "-m", "compileall", "-q", models, env=tools, cwd=tmp_path)
    shutil.copy(CLIENTS / "datamodel_code_generator.py", tmp_path / "main.py")
    check_output(run(scripts / "python", "main.py", server[0].url, server[1], env=tools, cwd=tmp_path))


def test_openapi_typescript(document: Path, server: tuple[Server, str], tools: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "npm"
    scripts = install_node(project, tools, "openapi-typescript", "openapi-fetch")
    run(scripts / "openapi-typescript", document, "-o", project / "schema.ts", env=tools, cwd=project)
    shutil.copy(CLIENTS / "openapi_typescript.ts", project / "main.ts")
    (project / "package.json").write_text('{"type": "module"}')
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")
    run(scripts / "tsc", *strict, "main.ts", "schema.ts", env=tools, cwd=project)
    check_output(run("node", "main.js", server[0].url, server[1], env=tools, cwd=project))


def test_spectral(document: Path, tools: dict[str, str], tmp_path: Path) -> None:
    scripts = install_node(tmp_path / "npm", tools, "@stoplight/spectral-cli")
    ruleset = tmp_path / "spectral.yaml"
    ruleset.write_text('extends: ["spectral:oas"]')
    run(
        scripts / "spectral", "lint", "--ruleset", ruleset, "--fail-severity", "hint", document, env=tools, cwd=tmp_path
    )


def test_redocly(document: Path, tools: dict[str, str], tmp_path: Path) -> None:
    scripts = install_node(tmp_path / "npm", tools, "@redocly/cli")
    command = (scripts / "redocly", "lint", "--extends=recommended", "--format=json", document)
    found: dict[str, Any] = json.loads(run(*command, env=tools, cwd=tmp_path))
    assert found["problems"] == []
