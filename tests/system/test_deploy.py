"""Run the commands of `deploy/` as written, those of Docker without Docker."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from tests.conftest import PATIENCE
from tests.plain_http import NO_CERTIFICATES
from tests.system.command import TASKTIMER
from tests.system.server import Server, running

from tasktimer.cli.lazy_group import LazyGroup

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
RENDER = yaml.safe_load((DEPLOY / "render.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))

HOST = "tasktimer.onrender.com"


def dockerfile(instruction: str) -> list[str]:
    """Return the words of a Dockerfile instruction in exec form."""
    (words,) = re.findall(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return [str(word) for word in json.loads(words)]


def copy_checkout(folder: Path) -> None:
    """Copy the files that git tracks, or without git, all files that are not generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
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
    subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, timeout=PATIENCE, check=True)
    return environ | {"VIRTUAL_ENV": str(folder), "PATH": f"{folder / 'bin'}{os.pathsep}{environ['PATH']}"}


def check_end(server: Server) -> None:
    """Check that SIGTERM ends the server and frees its port."""
    url = server.url
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM), server.log()
    assert "Traceback" not in server.log()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/healthz", timeout=PATIENCE, verify=NO_CERTIFICATES)


def test_render_blueprint_runs(environ: dict[str, str], postgres_url: str, tmp_path: Path) -> None:
    (service,) = RENDER["services"]
    checkout = tmp_path / "checkout"
    copy_checkout(checkout)
    environ = in_venv(tmp_path / "venv", environ)
    build = service["buildCommand"]
    built = subprocess.run(
        ["sh", "-c", build], cwd=checkout, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr

    environ |= {"PORT": "0", "DATABASE_URL": postgres_url, "RENDER_EXTERNAL_HOSTNAME": HOST}
    subprocess.run(["sh", "-c", service["preDeployCommand"]], cwd=checkout, env=environ, timeout=PATIENCE, check=True)
    with running(service["startCommand"], environ=environ, folder=checkout) as server:
        with httpx.Client(base_url=server.url, headers={"Host": HOST}, timeout=PATIENCE) as client:
            assert client.get(service["healthCheckPath"]).json() == {"status": "alive"}
            assert client.get("/readyz").json()["status"] == "ready"
            create = 'tasktimer --database "$DATABASE_URL" token create --user 42'
            created = subprocess.run(
                ["sh", "-c", create],
                cwd=tmp_path,
                env=environ,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=True,
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
    wired = {"name": database["name"], "property": "connectionString"}
    assert service["envVars"][0] == {"key": "DATABASE_URL", "fromDatabase": wired}


def test_versions_are_exact() -> None:
    (version,) = (
        variable["value"] for variable in RENDER["services"][0]["envVars"] if variable["key"] == "PYTHON_VERSION"
    )
    images = [service["image"] for service in COMPOSE["services"].values() if "image" in service]
    assert re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE) == [f"python:{version}-slim-bookworm"]
    assert all(re.fullmatch(r"\w+:\d+(\.\d+)+", image) for image in images)
    lines = (DEPLOY / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    pinned = {re.split("==", line)[0].lower().replace("_", "-") for line in lines}
    needed = {re.split(r"[\[<>=;]", text)[0].strip() for text in PROJECT["dependencies"]}
    needed |= {re.split(r"[\[<>=;]", text)[0].strip() for text in PROJECT["optional-dependencies"]["server"]}
    assert needed <= pinned


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
        assert subprocess.run(command, env=environ | {"PORT": port}, timeout=PATIENCE, check=False).returncode == 0
        create = [TASKTIMER, "token", "create", "--user", "42"]
        created = subprocess.run(create, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=True)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            check_requests(client, created.stdout.strip())
        check_end(server)
    ended = subprocess.run(
        command, env=environ | {"PORT": port}, timeout=PATIENCE, check=False, stderr=subprocess.DEVNULL
    )
    assert ended.returncode != 0
    if sys.platform == "linux":
        assert (tmp_path / "data" / "tasktimer" / "tasktimer.db").is_file()


def test_image_has_build_files_and_runs_without_root() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = {name for names in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in names.split()}
    assert {f"!{name}" for name in copied} <= set(ignored)
    assert all((ROOT / name).exists() for name in copied)
    assert RENDER["services"][0]["buildCommand"].rpartition(" ")[2] in DOCKERFILE
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user not in ("0", "root")


def test_compose_command_serves_on_postgres(environ: dict[str, str], postgres_url: str, tmp_path: Path) -> None:
    service = COMPOSE["services"]["tasktimer"]
    environ |= {"PATH": f"{Path(TASKTIMER).parent}{os.pathsep}{environ['PATH']}", "PORT": "0"}
    given = {"SITE": HOST}
    for name, text in service["environment"].items():
        environ[name] = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: given.get(found[1], found[2]), text)
    secret = environ["TASKTIMER_DATABASE_FILE"] = str(tmp_path / "database_url")
    Path(secret).write_text(f"{postgres_url}\n")
    with running(service["command"], environ=environ, folder=tmp_path) as server:
        # Like `docker compose exec tasktimer tasktimer token create`: the database comes from the environment.
        create = [TASKTIMER, "token", "create", "--user", "42"]
        created = subprocess.run(create, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=True)
        with httpx.Client(base_url=server.url, headers={"Host": HOST}, timeout=PATIENCE) as client:
            check_requests(client, created.stdout.strip())
        check_end(server)


def test_compose_hardens_every_container_and_publishes_only_tls() -> None:
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    for service in services.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "password" not in str(service.get("environment")).replace("/run/secrets/postgres_password", "")
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert (DEPLOY / "Caddyfile").read_text(encoding="utf-8") == "{$SITE} {\n\treverse_proxy tasktimer:8000\n}\n"


@pytest.mark.usefixtures("postgres_programs")
def test_backups_are_made_and_deleted_after_a_month(postgres_url: str, tmp_path: Path) -> None:
    subprocess.run(
        [TASKTIMER, "--database", postgres_url, "track", "kept", "--user", "1"], timeout=PATIENCE, check=True
    )
    info = psycopg.conninfo.conninfo_to_dict(postgres_url)
    (tmp_path / "password").write_text("secret")
    backups = tmp_path / "backups"
    backups.mkdir()
    for name, days in (("tasktimer-2023-01-01.dump", 32), ("tasktimer-2023-01-20.dump", 5)):
        (backups / name).touch()
        time = datetime.now(UTC).timestamp() - days * 86_400
        os.utime(backups / name, (time, time))
    environ = os.environ | {
        "PGHOST": str(info["host"]),
        "PGUSER": "postgres",
        "PGDATABASE": str(info["dbname"]),
        "PASSWORD_FILE": str(tmp_path / "password"),
        "BACKUPS": str(backups),
    }
    subprocess.run(["sh", DEPLOY / "backup.sh"], env=environ, timeout=PATIENCE, check=True)
    kept, made = sorted(path.name for path in backups.iterdir())
    assert kept == "tasktimer-2023-01-20.dump"
    listed = subprocess.run(["pg_restore", "--list", backups / made], capture_output=True, text=True, check=True)
    assert " TABLE DATA tasktimer tasks " in listed.stdout
