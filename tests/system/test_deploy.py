"""Run the commands of `deploy/` as written, those of Docker without Docker."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.system.command import TASKTIMER
from tests.system.server import Server, running

from tasktimer.cli.lazy_group import LazyGroup

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
RENDER = yaml.safe_load((DEPLOY / "render.yaml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))

HOST = "tasktimer.onrender.com"


def dockerfile(instruction: str) -> list[str]:
    """Return the words of a Dockerfile instruction in exec form."""
    (words,) = re.findall(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return [str(word) for word in json.loads(words)]


def copy_checkout(folder: Path) -> None:
    """Copy the files that git tracks, or without git, all files that are not generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    names = [name for name in listed.stdout.split("\0") if name]
    if not names:
        made = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
        shutil.copytree(ROOT, folder, ignore=made)
        return
    for name in names:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def in_venv(folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Return the environment of a shell with a new, activated virtual environment."""
    subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, timeout=300, check=True)
    return environ | {"VIRTUAL_ENV": str(folder), "PATH": f"{folder / 'bin'}{os.pathsep}{environ['PATH']}"}


def check_end(server: Server) -> None:
    """Check that SIGTERM ends the server and frees its port."""
    url = server.url
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM), server.log()
    assert "Traceback" not in server.log()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/healthz", timeout=10)


def test_render_blueprint_runs(environ: dict[str, str], postgres_url: str, tmp_path: Path) -> None:
    (service,) = RENDER["services"]
    checkout = tmp_path / "checkout"
    copy_checkout(checkout)
    environ = in_venv(tmp_path / "venv", environ)
    build = service["buildCommand"]
    built = subprocess.run(
        ["sh", "-c", build], cwd=checkout, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr

    environ |= {"PORT": "0", "DATABASE_URL": postgres_url, "RENDER_EXTERNAL_HOSTNAME": HOST}
    with running(service["startCommand"], environ=environ, folder=checkout) as server:
        with httpx.Client(base_url=server.url, headers={"Host": HOST}, timeout=60) as client:
            assert client.get(service["healthCheckPath"]).json() == {"status": "alive"}
            assert client.get("/readyz").json()["status"] == "ready"
            create = 'tasktimer --database "$DATABASE_URL" token create --user 42'
            created = subprocess.run(
                ["sh", "-c", create], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=True
            )
            check_requests(client, created.stdout.strip())
            assert client.get("/tasks", headers={"Host": "elsewhere.example"}).status_code == 400
        check_end(server)


def check_requests(client: httpx.Client, token: str) -> None:
    body = {"user_id": 42, "description": "write docs"}
    assert client.post("/track", json=body).status_code == 401
    client.headers["Authorization"] = f"Bearer {token}"
    before = datetime.now(UTC).date()
    number = client.post("/track", json=body).json()["id"]
    assert client.post("/stop", json={"id": number}).json() == {"id": number}
    after = datetime.now(UTC).date()
    found: list[Any] = []
    for day in sorted({before, after}):  # it may be midnight
        query = {"user_id": "42", "date": str(day), "tz": "UTC"}
        found += client.get("/times", params=query).raise_for_status().json()
    assert {(entry["id"], entry["description"], entry["running"]) for entry in found} == {(number, "write docs", False)}


def test_render_blueprint_sets_database_url() -> None:
    (service,), (database,) = RENDER["services"], RENDER["databases"]
    assert (service["type"], service["runtime"], service["healthCheckPath"]) == ("web", "python", "/healthz")
    (variable,) = service["envVars"]
    wired = {"name": database["name"], "property": "connectionString"}
    assert variable == {"key": "DATABASE_URL", "fromDatabase": wired}


@pytest.mark.parametrize(
    "command", [dockerfile("CMD"), COMPOSE["services"]["tasktimer"]["command"], RENDER["services"][0]["startCommand"]]
)
def test_commands_use_existing_flags(command: str | list[str]) -> None:
    words = command.removeprefix("exec ").split() if isinstance(command, str) else command
    parameters = LazyGroup().commands["serve"].params
    flags = {flag for parameter in parameters for flag in (*parameter.opts, *parameter.secondary_opts)}
    assert words[:2] == ["tasktimer", "serve"]
    assert {word for word in words if word.startswith("-")} <= flags


def test_image_serves_file_in_volume_and_reports_health(environ: dict[str, str], tmp_path: Path) -> None:
    environ |= {"PATH": f"{Path(TASKTIMER).parent}{os.pathsep}{environ['PATH']}", "PORT": "0"}
    assert "ENV XDG_DATA_HOME=/data\nVOLUME /data\n" in DOCKERFILE
    environ["XDG_DATA_HOME"] = str(tmp_path / "data")
    with running(dockerfile("CMD"), environ=environ, folder=tmp_path) as server:
        port = str(httpx.URL(server.url).port)
        (health,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
        command = [sys.executable if word == "python" else word for word in json.loads(health)]
        assert subprocess.run(command, env=environ | {"PORT": port}, timeout=60, check=False).returncode == 0
        create = [TASKTIMER, "token", "create", "--user", "42"]
        created = subprocess.run(create, env=environ, capture_output=True, text=True, timeout=60, check=True)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            check_requests(client, created.stdout.strip())
        check_end(server)
    ended = subprocess.run(command, env=environ | {"PORT": port}, timeout=60, check=False, stderr=subprocess.DEVNULL)
    assert ended.returncode != 0
    if sys.platform == "linux":
        assert (tmp_path / "data" / "tasktimer" / "tasktimer.db").is_file()


def test_image_has_build_files_and_runs_without_root() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = {name for names in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in names.split()}
    assert {f"!{name}" for name in copied} <= set(ignored)
    assert all((ROOT / name).exists() for name in copied)
    assert RENDER["services"][0]["buildCommand"].removeprefix("pip install ") in DOCKERFILE
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user not in ("0", "root")


def test_compose_command_serves_on_postgres(environ: dict[str, str], postgres_url: str, tmp_path: Path) -> None:
    service = COMPOSE["services"]["tasktimer"]
    environ |= {"PATH": f"{Path(TASKTIMER).parent}{os.pathsep}{environ['PATH']}", "PORT": "0"}
    given = {"SITE": HOST, "POSTGRES_PASSWORD": "secret"}
    for name, text in service["environment"].items():
        environ[name] = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: given.get(found[1], found[2]), text)
    environ["TASKTIMER_DATABASE"] = postgres_url
    with running(service["command"], environ=environ, folder=tmp_path) as server:
        # Like `docker compose exec tasktimer tasktimer token create`: the database comes from the environment.
        create = [TASKTIMER, "token", "create", "--user", "42"]
        created = subprocess.run(create, env=environ, capture_output=True, text=True, timeout=60, check=True)
        with httpx.Client(base_url=server.url, headers={"Host": HOST}, timeout=60) as client:
            check_requests(client, created.stdout.strip())
        check_end(server)


def test_compose_requires_password_and_publishes_only_tls() -> None:
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    (password,) = {
        services["tasktimer"]["environment"]["PGPASSWORD"],
        services["postgres"]["environment"]["POSTGRES_PASSWORD"],
    }
    assert re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?set POSTGRES_PASSWORD .+\}", password)
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert (DEPLOY / "Caddyfile").read_text(encoding="utf-8") == "{$SITE} {\n\treverse_proxy tasktimer:8000\n}\n"
