"""The time zone of the machine, in every form of TZ."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tasktimer.config.timezones import get_zone, local_zone
from tasktimer.errors import InvalidValue

BERLIN_RULE = "CET-1CEST,M3.5.0,M10.5.0/3"


def zone_file(name: str) -> Path:
    """Return the path of a compiled zone file, of the system or of tzdata."""
    import tzdata

    found = Path("/usr/share/zoneinfo") / name
    return found if found.exists() else Path(tzdata.__file__).parent / "zoneinfo" / name


@pytest.mark.parametrize(
    ("text", "winter", "summer"),
    [
        ("Europe/Berlin", 1, 2),
        (":Europe/Berlin", 1, 2),
        ("America/New_York", -5, -4),
        (BERLIN_RULE, 1, 2),
        (f":{BERLIN_RULE}", 1, 2),
        ("CET-1CEST", 1, 2),  # without rules: those of the C library
        ("EST5EDT,M3.2.0,M11.1.0", -5, -4),
        ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -3, -2),
        ("JST-9", 9, 9),
        ("<+0530>-5:30", 5.5, 5.5),
        ("UTC", 0, 0),
        ("UTC0", 0, 0),
        ("", 0, 0),
        (":", 0, 0),
    ],
)
def test_tz_has_full_rules(text: str, winter: float, summer: float) -> None:
    zone = local_zone({"TZ": text})
    offsets = [datetime(2024, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    assert offsets == [timedelta(hours=winter), timedelta(hours=summer)]


@pytest.mark.parametrize("prefix", ["", ":"])
def test_tz_may_name_a_file(prefix: str, tmp_path: Path) -> None:
    copy = shutil.copy(zone_file("Europe/Berlin"), tmp_path / "localtime")
    assert datetime(2024, 7, 1, tzinfo=local_zone({"TZ": f"{prefix}{copy}"})).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    "text",
    [
        "Mars/Olympus",
        "garbage",
        "../passwd",
        "/nowhere",
        "/etc/passwd",
        "Europe",
        "\udcff",
        "CET-1,x",
        "AAA+24",
        "AAA+24:59:59",
    ],
)
def test_invalid_tz_is_rejected(text: str) -> None:
    with pytest.raises(InvalidValue, match="unknown time zone"):
        local_zone({"TZ": text})


def test_localtime_link_names_zone(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert str(local_zone({}, link)) == "Europe/Berlin"


def test_copied_localtime_has_full_rules(tmp_path: Path) -> None:
    copy = tmp_path / "localtime"
    shutil.copy(zone_file("Europe/Berlin"), copy)
    local = local_zone({}, copy)
    assert str(local) == "local time"
    assert [datetime(2024, month, 1, tzinfo=local).utcoffset() for month in (1, 7)] == [
        timedelta(hours=1),
        timedelta(hours=2),
    ]


def test_default_zone_is_utc(tmp_path: Path) -> None:
    assert str(local_zone({}, tmp_path / "none")) == "UTC"


def test_zone_is_found_by_name() -> None:
    assert str(get_zone("Asia/Kathmandu")) == "Asia/Kathmandu"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("europe/berlim", "did you mean 'Europe/Berlin'?"),
        ("EUROPE/BERLIN", "did you mean 'Europe/Berlin'?"),
        ("xxxxxxxxxxxx", "such as Europe/Berlin"),
        ("", "such as"),
    ],
)
def test_unknown_zone_gets_suggestion(name: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        get_zone(name)
    assert hint in (error.value.hint or "")


@pytest.mark.parametrize("name", ["right/Europe/Berlin", "posix/Europe/Berlin"])
def test_posix_and_right_zones_are_normalized(name: str) -> None:
    assert str(get_zone(name)) == str(local_zone({"TZ": name})) == "Europe/Berlin"
