"""`tasktimer report`, as people see it."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.conftest import Golden, Prepare, Run

# Monday to Friday: an overlap, a night, fractions of minutes, and tasks without a project.
TASKS = """
plan -p acme +plan --at 2023-07-10T08:20+02:00 --for 20m
build -p acme/website +docs +code --at 2023-07-10T08:25+02:00 --for 5h35m
mail -p office --at 2023-07-10T16:00+02:00 --for 38m
plan -p acme +plan --at 2023-07-11T09:00+02:00 --for 1h45m
build -p acme/website +code --at 2023-07-11T11:00+02:00 --for 3:10:20
mail -p office --at 2023-07-11T15:00+02:00 --for 55m
call --at 2023-07-11T16:00+02:00 --for 1:10:25
build -p acme/website +code --at 2023-07-12T08:00+02:00 --for 6h5m
mail -p office --at 2023-07-12T15:00+02:00 --for 70m
build -p acme/website +code --at 2023-07-13T08:00+02:00 --for 2:20:35
mail -p office --at 2023-07-13T12:00+02:00 --for 0:40:05
release --at 2023-07-13T23:00+02:00 --for 2h
"""
TABLES = {
    "list": [],
    "day": ["--by", "day", "--round", "15m", "--average"],
    "fill": ["--by", "day", "--fill", "--average", "--hours", "decimal"],
    "tag": ["--by", "tag", "--elapsed"],
    "matrix": ["--by", "project,day"],
    "rounded": ["--by", "project,day", "--round", "15m", "--average"],
    "elapsed": ["--by", "day,project", "--elapsed", "--hours", "decimal"],
    "tags": ["--by", "weekday,tag", "--fill", "--hours", "seconds"],
}
WIDTHS = (60, 80, 120)


@pytest.fixture
def worked(run: Run, data_file: Path, prepare: Prepare) -> Run:
    prepare("report", data_file, lambda: [run("track", *line.split()) for line in TASKS.strip().splitlines()])
    return run


def shown(run: Run, *arguments: str) -> str:
    result = run("report", *arguments, terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    return result.out


@pytest.mark.parametrize("width", WIDTHS)
def test_tables_fit_terminal(worked: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    texts = [shown(worked, *words) for words in TABLES.values()]
    golden(f"report-{width}.txt", "\n".join(f"{name}:\n{text}" for name, text in zip(TABLES, texts, strict=True)))
    assert max(map(cell_len, "\n".join(texts).splitlines())) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_color_adds_nothing_but_color(worked: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    plain = [shown(worked, *words) for words in TABLES.values()]
    monkeypatch.setenv("TERM", "xterm-256color")
    colored = [shown(worked, *words) for words in TABLES.values()]
    golden(f"report-{width}-color.txt", "\n".join(colored).replace("\x1b", "^"))
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", text) for text in colored]
    assert [[line.rstrip() for line in text.splitlines()] for text in bare] == [text.splitlines() for text in plain]


def test_plain_report_has_line_per_row(worked: Run, golden: Golden) -> None:
    texts = [
        f"$ tasktimer report {' '.join(words)} --plain\n{shown(worked, *words, '--plain')}" for words in TABLES.values()
    ]
    golden("report-plain.txt", "\n".join(texts))
    assert "─" not in "".join(texts)


@pytest.mark.parametrize("hours", ["seconds", "minutes", "decimal"])
@pytest.mark.parametrize("by", ["project,day", "day,project", "weekday,hour", "user,month"])
def test_printed_numbers_add_up(worked: Run, monkeypatch: pytest.MonkeyPatch, by: str, hours: str) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    sheet = shown(worked, "--by", by, "--hours", hours, "--plain").split("\n\n")
    rows = [numbers(line) for line in sheet[1].splitlines()]
    total, *elapsed = map(numbers, sheet[2].splitlines())
    assert all(row["Worked"] == pytest.approx(sum(row.values()) - row["Worked"]) for row in [*rows, rename(total)])
    for name, value in rename(total).items():
        assert value == pytest.approx(sum(row.get(name, 0) for row in rows))
    assert all(line["total"] < total["total"] for line in elapsed)


def rename(total: dict[str, float]) -> dict[str, float]:
    return {"Worked" if name == "total" else name: value for name, value in total.items()}


def numbers(line: str) -> dict[str, float]:
    """Return the value of each heading of a plain line, in hours."""
    pairs = re.findall(r"(?:: |, )(.+?) ([0-9:.]+)(?=,|$)", line)
    return {
        heading: sum(float(part) / 60**place for place, part in enumerate(text.split(":"))) for heading, text in pairs
    }


def test_shares_add_up(run: Run) -> None:
    for project in "abc":
        run("track", "x", "-p", project, "--at", "9:00", "--for", "20m")
    assert sorted(re.findall(r"\d+%", shown(run, "today"))) == ["33%", "33%", "34%"]


def test_bars_are_only_on_terminal(worked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "█" in shown(worked)
    assert "█" not in worked("report", "--format", "table").out
    monkeypatch.setenv("COLUMNS", "59")
    assert "█" not in shown(worked)


def test_terminal_without_utf8_gets_ascii(worked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console.Console.encoding", "ascii")
    out = shown(worked)
    assert out.isascii()
    assert re.search(r"67%  #{39,40}\n", out)


def test_selected_project_is_shown_by_day(worked: Run) -> None:
    for words in (["-p", "acme"], ["--where", "project:acme and not plan"], ["--no-project"]):
        assert "\n Day " in shown(worked, *words)
    for words in ([], ["--where", "project:acme or plan"], ["-t", "code"], ["-p", "acme", "--by", "project"]):
        assert "\n Project " in shown(worked, *words)


def test_default_is_this_week(worked: Run) -> None:
    assert shown(worked) == shown(worked, "week")
    assert shown(worked).startswith("2023-07-10 to 2023-07-16, Europe/Berlin\n")
    assert shown(worked, "-p", "acme") == shown(worked, "week", "-p", "acme")


def test_labels_are_short_but_unique(run: Run) -> None:
    for day in ("2022-12-31", "2023-01-01", "2023-02-01"):
        run("track", "x", "--at", f"{day} 09:00", "--for", "1h")
    labels = {
        "day": ["Sat 2022-12-31", "Sun 2023-01-01", "Wed 2023-02-01"],
        "week": ["W52", "W05"],
        "month": ["Dec 2022", "Jan 2023", "Feb 2023"],
        "quarter": ["Q4 2022", "Q1 2023"],
        "year": ["2022", "2023"],
        "weekday": ["Wednesday", "Saturday", "Sunday"],
        "hour": ["09:00"],
    }
    for key, expected in labels.items():
        lines = shown(run, "all", "--by", key).splitlines()[4:]
        assert [re.split(r"\s{2,}", line.strip())[0] for line in lines[: len(expected)]] == expected
    assert "  2022-12-31  2023-01-01  2023-02-01  Worked" in shown(run, "all", "--by", "project,day")
    assert "   Jan   Feb  Worked" in shown(run, "2023", "--by", "project,month")
    assert "  Dec 2022  Jan 2023  Feb 2023  Worked" in shown(run, "all", "--by", "project,month")
    assert "  Jan 1  Feb 1  Worked" in shown(run, "2023", "--by", "project,day")
    assert "  Wed  Sat  Sun  Worked" in shown(run, "all", "--by", "project,weekday").replace("   ", "  ")
    run("track", "x", "--at", "2021-12-31 09:00", "--for", "1h")
    assert "\n 2021-W52 " in shown(run, "all", "--by", "week")


@pytest.mark.parametrize("width", WIDTHS)
def test_names_are_data(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    names = ("[red]x[/red]", "日本/語" * 20, "a" * 150, "(none)")
    for name in names:
        run("track", name, "-p", name, "--at", "9:00", "--for", "1h")
    monkeypatch.setenv("COLUMNS", str(width))
    for by in ("project", "description", "day,project", "project,description", "tag,description"):
        for options in ([], ["--plain"]):
            out = shown(run, "--by", by, *options)
            assert "[red]x[/red]" in re.sub(r"\s+", "", out)
            assert options or max(map(cell_len, out.splitlines())) <= width


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["2022"], "Nothing tracked from 2022-01-01 to 2022-12-31, Europe/Berlin."),
        (["2023-07-12", "--by", "day", "--fill"], "Nothing tracked on Wednesday 2023-07-12, Europe/Berlin."),
        (["2023-07-12", "-t", "urgent"], "No task matches on Wednesday 2023-07-12, Europe/Berlin."),
        (["all", "-t", "docs", "--not-tag", "docs", "--plain"], "No task matches."),
    ],
)
def test_empty_report_is_one_line(week: Run, arguments: list[str], printed: str) -> None:
    assert shown(week, *arguments) == f"{printed}\n"


def test_missing_store_is_reported(run: Run) -> None:
    result = run("report", terminal=True)
    assert (result.exit_code, result.out) == (0, "")
    assert result.err.startswith("note: nothing has been tracked yet")


def test_unknown_project_is_reported(worked: Run) -> None:
    result = worked("report", "-p", "acmee", terminal=True)
    assert result.err == "note: no task has the project 'acmee'\nhint: did you mean 'acme'?\n"
    assert result.out == "No task matches from 2023-07-10 to 2023-07-16, Europe/Berlin.\n"


def test_report_of_all_years_starts_with_first_task(worked: Run) -> None:
    assert shown(worked, "all", "--by", "year").startswith("2023-07-10 to 2023-07-16, Europe/Berlin\n")
    years = shown(worked, "--from", "0001-01-02", "--to", "9999-12-30", "--by", "year")
    assert "\n 2023 " in years


def test_calendar_shows_year(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "plan", "--start", "2023-07-13 9:00", "--for", "2h")
    run("track", "build", "--start", "2023-07-14 9:00", "--for", "8h")
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("report", "--calendar", terminal=True).out
    assert "2023-01-01 to 2023-12-31" in shown
    assert shown.endswith(" Total  10:00:00 on 2 days\n")
    assert "\nJuly 2023: 10:00:00 on 2 days" in run("report", "july", "--calendar", "--plain").out
    assert run("report", "--calendar").out == "2023-07-13\t7200\t1\n2023-07-14\t28800\t1\n"


@pytest.mark.parametrize(
    "options", [["--by", "project"], ["--fill"], ["--average"], ["--round", "15m"], ["--hours", "minutes"]]
)
def test_calendar_has_no_other_options(run: Run, options: list[str]) -> None:
    result = run("report", "--calendar", *options)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"error: --calendar and {options[0]} cannot be used together\nhint: omit one of them\n"


def test_longer_rows_have_larger_shares(run: Run) -> None:
    for number, minutes in enumerate((4430, 4417, 3967, 5500, 5666)):
        run("track", "build", "-p", f"p{number}", "--start", "2023-01-01 0:00", "--for", f"{minutes}m")
    shown = run("report", "2023", "--format", "table").out
    shares = [int(share) for share in re.findall(r"(\d+)%", shown)]
    assert (sum(shares), shares) == (100, sorted(shares, reverse=True))


def test_depth_groups_by_project(run: Run) -> None:
    run("track", "x", "-p", "acme/web/api", "--for", "1h")
    assert run("report", "-p", "acme", "--depth", "1").out == "acme\t3600\t1\n"
    assert run("report", "-p", "acme").out.startswith("2023-07-16\t")
