"""Time zones by name, and the machine's time zone, including its rules for clock changes."""

import os
import struct
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tasktimer.errors import InvalidValue, find_closest_match, quote_value

_LOCALTIME = Path("/etc/localtime")
_PSEUDO_ZONES = ("localtime", "posixrules")  # files in the zone data that depend on the machine
_ZONE_FOLDER = "/zoneinfo/"
# The clock changes that the C library assumes if a POSIX rule names a daylight saving time without dates.
_DEFAULT_CHANGES = ",M3.2.0,M11.1.0"


def get_zone(name: str) -> ZoneInfo:
    """Return the time zone with this IANA name, such as Europe/Berlin.

    Raises:
        InvalidValue: if no time zone has this name.
    """
    zone = None if name in _PSEUDO_ZONES else _find_zone(name)
    if zone is None:
        raise _unknown_zone(name, "use a name such as Europe/Berlin or UTC")
    return zone


@cache  # because it reads every file of the zone data
def zone_names() -> frozenset[str]:
    """Return the names of all known time zones."""
    return frozenset(available_timezones() - set(_PSEUDO_ZONES))


def local_zone(environ: Mapping[str, str], localtime: Path = _LOCALTIME) -> ZoneInfo:
    """Return the machine's time zone, from TZ if set, or else from `localtime`, a link to a zone file or a copy of one.

    TZ can have any format that POSIX or the C library accepts.

    Raises:
        InvalidValue: if TZ is not a valid time zone.
    """
    text = environ.get("TZ")
    if text is None:
        return _machine_zone(localtime)
    name = text.removeprefix(":")
    if not name:  # as in the C library
        return ZoneInfo("UTC")
    zone = _read_zone(Path(name)) if name.startswith("/") else _find_zone(name) or _posix_zone(name)
    if zone is None:
        raise _unknown_zone(
            name, "set TZ to a name such as Europe/Berlin, a file, or a POSIX rule such as CET-1CEST,..."
        )
    return zone


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name.removeprefix("posix/").removeprefix("right/"))  # "right" zones count leap seconds
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an unknown name, an absolute path, or a folder
        return None


def _machine_zone(localtime: Path) -> ZoneInfo:
    target = os.path.realpath(localtime)
    if _ZONE_FOLDER in target and (zone := _find_zone(target.rpartition(_ZONE_FOLDER)[2])):
        return zone
    # A copy of a zone file does not contain its name.
    return _read_zone(localtime, name="local time") or ZoneInfo("UTC")


def _read_zone(path: Path, name: str | None = None) -> ZoneInfo | None:
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file, key=name or str(path))
    except (OSError, ValueError, struct.error):  # missing, unreadable, or not zone data
        return None


def _posix_zone(rule: str) -> ZoneInfo | None:
    """Return the time zone for a POSIX rule, by reading it as the footer of an empty zone file (RFC 8536)."""
    for footer in (rule, rule + _DEFAULT_CHANGES):
        header = struct.pack(">4sc15x6L", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
        body = header + struct.pack(">lBB4s", 0, 0, 0, b"UTC\0")
        try:
            zone = ZoneInfo.from_file(BytesIO(body + body + f"\n{footer}\n".encode("ascii", "replace")), key=rule)
            for month in (1, 7):  # zoneinfo rejects an invalid offset only when it is used
                datetime(2024, month, 1, tzinfo=zone).utcoffset()
        except ValueError:  # not a rule, or an offset of a day or more
            continue
        return zone
    return None


def _unknown_zone(name: str, default_hint: str) -> InvalidValue:
    match = find_closest_match(name, zone_names())
    hint = default_hint if match is None else f"did you mean {quote_value(match)}?"
    return InvalidValue("unknown-zone", f"unknown time zone {quote_value(name)}", hint)
