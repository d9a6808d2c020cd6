"""The flags that say which tasks are meant: the same for every command that reads or edits many."""

from typing import Annotated

import typer

from tasktimer.cli.completion import complete_project, complete_tag
from tasktimer.cli.context import Context
from tasktimer.cli.exits import report
from tasktimer.core.filter import Filter
from tasktimer.core.timespec import parse_duration

WithProject = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        metavar="NAME",
        help="Only tasks of a project, or of one below it.",
        autocompletion=complete_project,
    ),
]
WithTags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", "-t", metavar="TAG", help="Only tasks with a tag; repeated: with all.", autocompletion=complete_tag
    ),
]
WithoutTags = Annotated[
    list[str] | None,
    typer.Option(
        "--not-tag",
        metavar="TAG",
        help="Only tasks without a tag; repeated: without any.",
        autocompletion=complete_tag,
    ),
]
OnlyRunning = Annotated[bool, typer.Option("--running", help="Only tasks that run.", show_default=False)]
OnlyUntagged = Annotated[bool, typer.Option("--untagged", help="Only tasks without tags.", show_default=False)]
LongerThan = Annotated[
    str | None, typer.Option("--longer-than", metavar="DURATION", help="Only tasks that took longer, such as 2h.")
]
ShorterThan = Annotated[
    str | None, typer.Option("--shorter-than", metavar="DURATION", help="Only tasks that took less time.")
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="TEXT", help="Only tasks with this in their description or note, in any case."),
]


def read_filter(
    project: str | None,
    tags: list[str] | None,
    not_tags: list[str] | None,
    running: bool,
    untagged: bool,
    longer_than: str | None,
    shorter_than: str | None,
    search: str | None,
) -> Filter:
    """Read what the flags say.

    Raises:
        InvalidValue: a value cannot be one.
    """
    return Filter(
        project=project,
        tags=tuple(tags or ()),
        not_tags=tuple(not_tags or ()),
        running=running,
        untagged=untagged,
        longer_than=None if longer_than is None else parse_duration(longer_than),
        shorter_than=None if shorter_than is None else parse_duration(shorter_than),
        search=search,
    )


def say_unknown(context: Context, wanted: Filter, user_id: int | None) -> None:
    """Say which project or tags of a filter were never used, and what may be meant."""
    if not wanted.project and not wanted.tags and not wanted.not_tags:
        return
    from tasktimer.tracker import naming  # only where such names are given

    for unknown in naming.unknown_names(context.store, wanted, user_id=user_id):
        report(unknown.what, unknown.hint, label="note")
