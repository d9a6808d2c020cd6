"""Time zones by name, and the machine's own with its full rules."""

import os
import struct
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tasktimer.errors import InvalidValue, quote_value

_LOCALTIME = Path("/etc/localtime")
_PSEUDO_ZONES = ("localtime", "posixrules")  # files beside the zones, which say what this machine's is
_ZONE_FOLDER = "/zoneinfo/"
# POSIX leaves the dates open when a string names a summer time without them; the C library takes these.
_DEFAULT_CHANGES = ",M3.2.0,M11.1.0"


def get_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as Europe/Berlin.

    Raises:
        InvalidValue: there is no such zone.
    """
    zone = None if name in _PSEUDO_ZONES else _find_zone(name)
    if zone is None:
        raise _unknown_zone(name, "give a name such as Europe/Berlin or UTC")
    return zone


@cache  # it looks at every file of the zone data
def zone_names() -> frozenset[str]:
    """The names that zones have."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones() - set(_PSEUDO_ZONES))


def local_zone(environ: Mapping[str, str]) -> ZoneInfo:
    """The machine's own zone: that of TZ in any form POSIX or the C library give it, else /etc/localtime.

    Raises:
        InvalidValue: TZ is set to something that is no zone.
    """
    text = environ.get("TZ")
    if text is None:
        return _machine_zone()
    name = text.removeprefix(":")
    if not name:  # an empty TZ is UTC to the C library, too
        return ZoneInfo("UTC")
    zone = _read_zone(Path(name)) if name.startswith("/") else _find_zone(name) or _posix_zone(name)
    if zone is None:
        raise _unknown_zone(
            name, "TZ takes a name such as Europe/Berlin, a file, or a POSIX rule such as CET-1CEST,..."
        )
    return zone


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name.removeprefix("posix/").removeprefix("right/"))  # "right" has leap seconds in its days
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no relative path, a folder
        return None


def _machine_zone() -> ZoneInfo:
    target = os.path.realpath(_LOCALTIME)
    if _ZONE_FOLDER in target and (zone := _find_zone(target.rpartition(_ZONE_FOLDER)[2])):
        return zone
    # A copied file says nothing of its name.
    return _read_zone(_LOCALTIME, name="local time") or ZoneInfo("UTC")


def _read_zone(path: Path, name: str | None = None) -> ZoneInfo | None:
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file, key=name or str(path))
    except (OSError, ValueError, struct.error):  # absent, unreadable, no zone data
        return None


def _posix_zone(rule: str) -> ZoneInfo | None:
    """Let zoneinfo read a POSIX rule, as the footer of a zone file (RFC 8536) that holds nothing else."""
    for footer in (rule, rule + _DEFAULT_CHANGES):
        header = struct.pack(">4sc15x6L", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
        body = header + struct.pack(">lBB4s", 0, 0, 0, b"UTC\0")
        try:
            zone = ZoneInfo.from_file(BytesIO(body + body + f"\n{footer}\n".encode("ascii", "replace")), key=rule)
            for month in (1, 7):  # a bad offset is noticed only when it is asked for
                datetime(2024, month, 1, tzinfo=zone).utcoffset()
        except ValueError:  # no rule, or one whose offset is a day or more
            continue
        return zone
    return None


def _unknown_zone(name: str, advice: str) -> InvalidValue:
    from tasktimer.core.suggestions import find_closest_match  # only a mistake is worth its import

    meant = find_closest_match(name, zone_names())
    hint = advice if meant is None else f"did you mean {meant}?"
    return InvalidValue("unknown-zone", f"there is no time zone {quote_value(name)}", hint)
