"""`tasktimer config`: show, set, unset and edit settings."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Run

Edit = Callable[[str], None]


@pytest.fixture
def edit_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """Return a function that sets an editor, which runs shell commands on the file "$1"."""

    def prepare(commands: str) -> None:
        script = tmp_path / "my editor.sh"
        script.write_text(f"#!/bin/sh\n{commands}\n")
        script.chmod(0o755)
        monkeypatch.setenv("EDITOR", f"'{script}'")

    return prepare


def test_settings_are_listed_with_origins(run: Run, config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_file.write_text('\nday_starts_at = "4:00"\n')
    monkeypatch.setenv("TASKTIMER_WEEK_STARTS_ON", "Sun")
    result = run("config")
    assert result == run("config", "get")
    assert [line.split("\t") for line in result.out.splitlines()][1:] == [
        ["user", "", "default"],
        ["format", "", "default"],
        ["tz", "Europe/Berlin", "TZ"],
        ["exclusive", "false", "default"],
        ["day_starts_at", "04:00", f"{config_file}, line 2"],
        ["week_starts_on", "sunday", "TASKTIMER_WEEK_STARTS_ON"],
    ]
    assert "week_starts_on  sunday  (TASKTIMER_WEEK_STARTS_ON)\n" in run("config", terminal=True).out
    assert json.loads(run("config", "get", "--json").out)["day_starts_at"]["value"] == "04:00"
    assert json.loads(run("config", "get", "tz", "--json").out) == {"tz": {"value": "Europe/Berlin", "origin": "TZ"}}


def test_get_prints_value_in_use(run: Run, data_file: Path) -> None:
    assert run("config", "get", "database").out == f"{data_file}\n"
    assert run("config", "get", "week_starts_on").out == "monday\n"
    result = run("config", "get", "format")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == "error: format is not set\nhint: to show all settings, run: tasktimer config\n"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("day_starts_at", "-01:00", 'day_starts_at = "-01:00"'),  # not an option
        ("day_starts_at", "+4:30", 'day_starts_at = "+4:30"'),
        ("week_starts_on", "saturday", 'week_starts_on = "saturday"'),
        ("user", "42", "user = 42"),
        ("user", "all", 'user = "all"'),
        ("exclusive", "1", "exclusive = true"),
        ("tz", "America/New_York", 'tz = "America/New_York"'),
        ("format", "csv", 'format = "csv"'),
        ("database", '~/"a"\\b.db', 'database = "~/\\"a\\"\\\\b.db"'),
    ],
)
def test_set_creates_file(run: Run, config_file: Path, name: str, value: str, line: str) -> None:
    config_file.parent.rmdir()
    result = run("config", "set", name, value)
    assert (result.exit_code, result.out, result.err) == (0, "", "")
    assert config_file.read_text() == f"{line}\n"
    assert stat.S_IMODE(config_file.stat().st_mode) == 0o600
    assert os.listdir(config_file.parent) == ["config.toml"]
    assert run("config", "get", name).exit_code == 0
    assert run("config", "unset", name).exit_code == 0
    assert config_file.read_text() == ""


def test_comments_and_layout_are_kept(run: Run, config_file: Path) -> None:
    config_file.write_text('# mine\n\nuser   =  42  # me\n\n# at home\ntz = "UTC"  # for now\nexclusive = true')
    config_file.chmod(0o640)
    result = run("config", "set", "tz", "Europe/Berlin", terminal=True)
    assert result.out == "Set tz to Europe/Berlin in the config file\n"
    run("config", "set", "week_starts_on", "sunday")
    result = run("config", "unset", "exclusive", terminal=True)
    assert result.out == "Removed exclusive from the config file\n"
    assert config_file.read_text() == (
        '# mine\n\nuser   =  42  # me\n\n# at home\ntz = "Europe/Berlin"  # for now\nweek_starts_on = "sunday"\n'
    )
    assert stat.S_IMODE(config_file.stat().st_mode) == 0o640


def test_note_if_variable_takes_precedence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_TZ", "UTC")
    result = run("config", "set", "tz", "Asia/Tokyo")
    assert (result.exit_code, result.err) == (0, "note: TASKTIMER_TZ takes precedence over the config file\n")
    assert run("config", "get", "tz").out == "UTC\n"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["set", "day_starts_at", "25:00"], "invalid start of the day '25:00'", "use a time from -12:00 to 12:00"),
        (["set", "day_starts_at", "12:01"], "invalid start of the day '12:01'", "use a time from -12:00 to 12:00"),
        (["set", "day_starts_at", "4"], "invalid start of the day '4'", "use a time from -12:00 to 12:00"),
        (["set", "week_starts_on", "snuday"], "invalid weekday 'snuday'", "did you mean 'sunday'?"),
        (["set", "week_starts_on", "7"], "invalid weekday '7'", "use one of monday"),
        (["set", "tz", "Europe/Berln"], "unknown time zone 'Europe/Berln'", "did you mean 'Europe/Berlin'?"),
        (["set", "user", "0"], "invalid user", "use"),
        (["set", "exclusive", "maybe"], "invalid value 'maybe'", "use true or false"),
        (["set", "database", "file:x"], "the database 'file:…' is neither", "use"),
        (["set", "database", "a\udcff"], "the value contains an undecodable byte", "use the encoding of your locale"),
        (["set", "database", "a" * 10_001], "the value is too long: 10,001 characters", "use at most 10,000"),
        (["set", "day-starts-at", "4:00"], "unknown setting 'day-starts-at'", "did you mean 'day_starts_at'?"),
        (["set", "colour", "red"], "unknown setting 'colour'", "use one of database, user"),
        (["get", "timezone"], "unknown setting 'timezone'", "use one of database, user"),
        (["unset", "weekstart"], "unknown setting 'weekstart'", "did you mean 'week_starts_on'?"),
    ],
)
def test_invalid_value_is_rejected_before_writing(
    run: Run, config_file: Path, arguments: list[str], message: str, hint: str
) -> None:
    result = run("config", *arguments)
    error, _, shown = result.err.partition("\n")
    assert (result.exit_code, result.out) == (2, "")
    assert error.startswith(f"error: {message}")
    assert shown.startswith(f"hint: {hint}")
    assert os.listdir(config_file.parent) == []


def test_setting_that_is_not_in_file_cannot_be_unset(run: Run, config_file: Path) -> None:
    result = run("config", "unset", "tz")
    assert (result.exit_code, os.listdir(config_file.parent)) == (1, [])
    assert result.err.startswith(f"error: tz is not set in the config file {config_file}\n")


def test_unknown_setting_can_be_unset(run: Run, config_file: Path) -> None:
    config_file.write_text('dya_starts_at = "04:00"\nuser = 1\n')
    result = run("times")
    assert result.err == (
        f"error: {config_file}, line 1: unknown setting 'dya_starts_at'\nhint: did you mean 'day_starts_at'?\n"
    )
    assert run("config").exit_code == 2
    assert run("config", "unset", "dya_starts_at").exit_code == 0
    assert config_file.read_text() == "user = 1\n"


def test_edit_starts_from_template(run: Run, config_file: Path, edit_with: Edit) -> None:
    edit_with("""sed 's/^# \\([a-z_]* = \\)/\\1/' "$1" > "$1.new" && mv "$1.new" "$1" """)
    result = run("config", "edit", terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, f"Saved {config_file}\n", "")
    assert os.listdir(config_file.parent) == ["config.toml"]
    assert stat.S_IMODE(config_file.stat().st_mode) == 0o600
    fields = [line.split("\t") for line in run("config").out.splitlines()]
    assert [value for _, value, _ in fields][1:] == ["42", "table", "Europe/Berlin", "true", "04:00", "sunday"]
    assert all(origin.startswith(f"{config_file}, line ") for _, _, origin in fields)


@pytest.mark.parametrize("before", [None, "# mine\n"])
def test_unchanged_copy_changes_nothing(
    run: Run, config_file: Path, before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is not None:
        config_file.write_text(before)
    monkeypatch.setenv("VISUAL", "true --wait")  # before EDITOR, and with an option
    monkeypatch.setenv("EDITOR", "false")
    result = run("config", "edit", terminal=True)
    assert (result.exit_code, result.out) == (0, f"Nothing was changed in {config_file}\n")
    assert os.listdir(config_file.parent) == ([] if before is None else ["config.toml"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('day_starts_at = "26:00"', "line 3: invalid start of the day '26:00'"),
        ('day_start_at = "04:00"', "line 3: unknown setting 'day_start_at'"),
        ("tz = UTC", "line 3: Invalid value"),
        ("user = true", "line 3: invalid user 'True'"),
    ],
)
def test_invalid_edit_is_kept_beside_unchanged_file(
    run: Run, config_file: Path, edit_with: Edit, line: str, message: str
) -> None:
    config_file.write_text("# mine\n")
    edit_with(f"""printf '\\n%s\\n' '{line}' >> "$1" """)
    result = run("config", "edit")
    (copy,) = set(config_file.parent.iterdir()) - {config_file}
    note, hint, error, *_ = result.err.splitlines()
    assert (result.exit_code, config_file.read_text()) == (2, "# mine\n")
    assert copy.read_text() == f"# mine\n\n{line}\n"
    assert note == f"note: the config file was not changed; your version is in {copy}"
    assert hint.endswith(f"run: cp {copy} {config_file}" if " " not in str(copy) else "config.toml'")
    assert error.startswith(f"error: {copy}, {message}")


def test_change_during_edit_is_kept(run: Run, config_file: Path, edit_with: Edit) -> None:
    config_file.write_text("user = 1\n")
    edit_with(f"""echo 'exclusive = true' >> "$1"; echo 'user = 2' > '{config_file}'""")
    result = run("config", "edit")
    (copy,) = set(config_file.parent.iterdir()) - {config_file}
    assert (result.exit_code, config_file.read_text()) == (1, "user = 2\n")
    assert copy.read_text() == "user = 1\nexclusive = true\n"
    assert f"error: the config file {config_file} was changed during the edit\n" in result.err


@pytest.mark.parametrize(
    ("editor", "code", "message"),
    [
        ("false", 1, "the editor 'false' failed with exit code 1"),
        ("/nonexistent/editor", 2, "cannot run the editor '/nonexistent/editor': No such file or directory"),
        ("vi '", 2, 'cannot run the editor "vi \'": No closing quotation'),
    ],
)
def test_editor_that_fails_leaves_nothing(
    run: Run, config_file: Path, monkeypatch: pytest.MonkeyPatch, editor: str, code: int, message: str
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    result = run("config", "edit")
    assert (result.exit_code, result.err.splitlines()[0]) == (code, f"error: {message}")
    assert os.listdir(config_file.parent) == []


def test_blank_editor_counts_as_unset(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", " ")
    monkeypatch.setenv("EDITOR", "false")
    assert "the editor 'false' failed" in run("config", "edit").err


def test_copy_that_editor_removed_is_reported(run: Run, config_file: Path, edit_with: Edit) -> None:
    edit_with('rm "$1"')
    result = run("config", "edit")
    assert (result.exit_code, os.listdir(config_file.parent)) == (2, [])
    assert "it is not a regular file" in result.err


def test_option_of_other_program_gets_command(run: Run) -> None:
    result = run("config", "--edit")
    assert result.err == "error: no such option '--edit'\nhint: instead, run: tasktimer config edit\n"


def test_info_shows_days_and_weeks(run: Run, config_file: Path) -> None:
    config_file.write_text('day_starts_at = "-01:00"\nweek_starts_on = "sunday"\n')
    assert run("info").out.endswith(
        f"day_starts_at\t-01:00\t{config_file}, line 1\nweek_starts_on\tsunday\t{config_file}, line 2\n"
    )
    config_file.write_text('day_starts_at = "04:00:00"\n')
    result = run("info")
    assert f"day_starts_at\t\t{config_file}, line 1\n" in result.out
    assert "tz\tEurope/Berlin\tTZ\n" in result.out
    assert result.err.startswith(f"error: {config_file}, line 1: invalid start of the day '04:00:00'\n")
    assert result.exit_code == 2


def test_link_to_itself_is_reported(run: Run, config_file: Path) -> None:
    config_file.symlink_to(config_file.name)
    error = f"error: cannot look for the config file {config_file}: Too many levels of symbolic links\n"
    assert run("config", "get", "tz").err == f"{error}hint: fix or remove the file\n"


def test_no_home_directory(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasktimer.cli.commands.config.config_file", lambda: None)
    result = run("config", "set", "tz", "UTC")
    assert (result.exit_code, result.err) == (
        3,
        "error: there is no home directory for the config file\nhint: set HOME to your own home directory\n",
    )


def test_names_and_values_are_completed(complete: Callable[..., str]) -> None:
    assert complete("bash", "tasktimer config set w").split() == ["week_starts_on"]
    assert complete("bash", "tasktimer config get t").split() == ["tz"]
    assert complete("bash", "tasktimer config set week_starts_on s").split() == ["saturday", "sunday"]
    assert complete("bash", "tasktimer config set exclusive ").split() == ["false", "true"]
    assert complete("bash", "tasktimer config set day_starts_at ") == ""
    assert complete("bash", "tasktimer config set tz Europe/Berl").split() == ["Europe/Berlin"]
