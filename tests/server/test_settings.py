"""Settings: flags, then the environment, then a `.env` file, then the config file, then the defaults."""

from pathlib import Path

import pytest

from tasktimer.errors import InvalidValue
from tasktimer.server import create_app
from tasktimer.server.settings import LOOPBACK_NAMES, ServerSettings
from tasktimer.server.state import AppState

URL = "postgresql://ada:secret@db/work"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_database_follows_precedence_of_settings(folder: Path, config_file: Path, data_file: Path) -> None:
    def database(environ: dict[str, str], flag: str | None = None) -> object:
        return ServerSettings(environ, flag).database

    assert database({}) == data_file
    config_file.write_text('database = "/config.db"')
    assert database({}) == Path("/config.db")
    (folder / ".env").write_text(f"DATABASE_URL={URL}2\n")
    assert database({}) == f"{URL}2"
    assert database({"DATABASE_URL": URL}) == URL
    (folder / ".env").write_text(f"DATABASE_URL={URL}2\nTASKTIMER_DATABASE=/env-file.db\n")
    assert database({"DATABASE_URL": URL}) == Path("/env-file.db")
    assert database({"DATABASE_URL": URL, "TASKTIMER_DATABASE": ""}) == Path("/env-file.db")
    assert database({"DATABASE_URL": URL, "TASKTIMER_DATABASE": "/env.db"}) == Path("/env.db")
    assert database({"DATABASE_URL": URL, "TASKTIMER_DATABASE": "/env.db"}, "/flag.db") == Path("/flag.db")


@pytest.mark.parametrize("url", [URL, URL.replace("postgresql", "postgres")])
def test_both_url_schemes_are_accepted(url: str) -> None:
    assert ServerSettings({"DATABASE_URL": url}).database == url


@pytest.mark.parametrize("text", ["mysql://ada:secret@db/work", "secret", "sqlite:///secret.db", "/secret/tasks.db"])
def test_other_url_is_rejected_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidValue, match="DATABASE_URL: not a PostgreSQL URL") as error:
        ServerSettings({"DATABASE_URL": text}).database  # noqa: B018
    assert "secret" not in f"{error.value.message}{error.value.hint}"


def test_env_file_sets_only_own_variables(folder: Path) -> None:
    (folder / ".env").write_text('# ours\nexport PORT=9000\nTASKTIMER_TZ="Asia/Tokyo"\nEMPTY\n')
    settings = ServerSettings({})
    assert (settings.port, str(settings.zone)) == (9000, "Asia/Tokyo")
    assert ServerSettings({"PORT": "1"}).port == 1
    (folder / ".env").unlink()
    machine_zone = ServerSettings({}).zone
    (folder / ".env").write_text("TZ=Pacific/Chatham\n")
    assert ServerSettings({}).zone == machine_zone


def test_unreadable_env_file_is_reported(folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(InvalidValue, match=r"cannot read \.env"):
        ServerSettings({})
    (folder / ".env").unlink()
    (folder / ".env").mkdir()
    with pytest.raises(InvalidValue, match=r"cannot read \.env"):
        ServerSettings({})


def test_hosts_and_origins_come_from_flags_or_environment() -> None:
    environ = {"TASKTIMER_ALLOWED_HOSTS": "a.example, *.B.example", "TASKTIMER_CORS_ORIGINS": "https://a.example"}
    sizes = {"TASKTIMER_POOL_SIZE": "3", "TASKTIMER_STORE_TIMEOUT": "60"}
    options = ServerSettings(environ | sizes).options()
    assert options.allowed_hosts == (*LOOPBACK_NAMES, "a.example", "*.b.example")
    assert (options.cors_origins, options.pool_size, options.store_timeout) == (("https://a.example",), 3, 60)
    options = ServerSettings(environ | sizes).options(
        allowed_hosts=["c.example"], cors_origins=["*"], pool_size=5, store_timeout=9
    )
    assert options.allowed_hosts == (*LOOPBACK_NAMES, "c.example")
    assert (options.cors_origins, options.pool_size, options.store_timeout) == (("*",), 5, 9)
    assert ServerSettings({}).options().store_timeout == 5


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TASKTIMER_ALLOWED_HOSTS", "https://a.example"),
        ("TASKTIMER_ALLOWED_HOSTS", "a b"),
        ("TASKTIMER_ALLOWED_HOSTS", "a.*.example"),
        ("TASKTIMER_CORS_ORIGINS", "a.example"),
        ("TASKTIMER_CORS_ORIGINS", "https://a.example/path"),
        ("TASKTIMER_POOL_SIZE", "0"),
        ("TASKTIMER_POOL_SIZE", "many"),
        ("TASKTIMER_STORE_TIMEOUT", "3601"),
        ("TASKTIMER_TZ", "Mars"),
    ],
)
def test_invalid_settings_are_rejected(name: str, text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        ServerSettings({name: text}).options()
    assert error.value.hint


@pytest.mark.parametrize("text", ["-1", "65536", "http", "80.0"])
def test_invalid_port_is_rejected(text: str) -> None:
    with pytest.raises(InvalidValue, match="PORT: "):
        ServerSettings({"PORT": text}).port  # noqa: B018


def test_factory_always_requires_tokens(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("TASKTIMER_DATABASE", str(folder / "tasks.db"))
    monkeypatch.setenv("TASKTIMER_NO_AUTH", "1")
    state = AppState.of(create_app())
    assert state.options.needs_token
    assert state.options.database == folder / "tasks.db"
