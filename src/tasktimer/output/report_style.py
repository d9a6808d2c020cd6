"""How people want to see a report."""

from typing import NamedTuple


class ReportStyle(NamedTuple):
    """How to show a report to people: as a table, or with `calendar` as the shades of its days.

    `hours` is a key of UNITS; by default, times by two keys are in minutes, and others in seconds. `average` adds the
    average of the times shown. `pictures` allows bars and shades; with `plain`, there are only lines of words.
    """

    hours: str | None = None
    average: bool = False
    calendar: bool = False
    pictures: bool = False
    plain: bool = False
