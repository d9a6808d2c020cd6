"""The options that filter tasks, the same for every command that reads or changes several."""

from collections.abc import Callable, Iterator
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import parse_duration_option
from tasktimer.cli.streams import print_note

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

From = Annotated[
    str | None,
    typer.Option("--from", metavar="WHEN|SPAN", help="Only tasks from this time on.", autocompletion=complete("span")),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="WHEN|SPAN", help="Only tasks up to this time.", autocompletion=complete("span")),
]

Command = Callable[..., None]


def filter_options(*, short_flags: bool = True) -> Callable[[Command], Command]:
    """Replace the parameter `task_filter` of a command with filter options.

    The command is called with a `TaskFilter`, or None if no filter option is given. `short_flags=False` omits -p and
    -t, for a command that uses them itself.
    """
    flags = list(_flags(short_flags=short_flags))

    def decorate(command: Command) -> Command:
        own = signature(command)
        parameters: list[Parameter] = []
        for name, parameter in own.parameters.items():
            parameters += flags if name == "task_filter" else [parameter]

        # Without annotations: Typer would resolve the types, and TaskFilter is not imported here.
        @wraps(command, assigned=("__name__", "__doc__"))
        def run(**options: Any) -> None:
            filters = {flag.name: options.pop(flag.name) for flag in flags}
            is_filtered = any(value is not None and value is not False and value != [] for value in filters.values())
            command(**options, task_filter=_create_filter(**filters) if is_filtered else None)

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # read by Typer
        return run

    return decorate


def _flags(*, short_flags: bool) -> Iterator[Parameter]:
    # These names do not collide with the parameters `project` and `tags` of a command.
    project, tag = (["-p"], ["-t"]) if short_flags else ([], [])
    tag_kwargs = {"metavar": "TAG", "autocompletion": complete("tag")}
    yield _flag(
        "of_project",
        str | None,
        ["--project", *project],
        help="Only tasks in this project or below it.",
        metavar="NAME",
        autocompletion=complete("project"),
    )
    yield _flag(
        "with_tags",
        list[str] | None,
        ["--tag", *tag],
        help="Only tasks with this tag; repeat to require several.",
        **tag_kwargs,
    )
    yield _flag(
        "exclude_tags",
        list[str] | None,
        ["--not-tag"],
        help="Only tasks without this tag; can be repeated.",
        **tag_kwargs,
    )
    yield _flag("running", bool, ["--running"], help="Only running tasks.", show_default=False)
    yield _flag("untagged", bool, ["--untagged"], help="Only tasks without tags.", show_default=False)
    length: dict[str, Any] = {"metavar": "DURATION"}
    yield _flag("longer_than", str | None, ["--longer-than"], help="Only tasks longer than this, such as 2h.", **length)
    yield _flag("shorter_than", str | None, ["--shorter-than"], help="Only tasks shorter than this.", **length)
    text = "Only tasks with this text in the description or note, in any case."
    yield _flag("search", str | None, ["--search"], help=text, metavar="TEXT")


def _flag(name: str, kind: Any, names: list[str], **option_kwargs: Any) -> Parameter:
    default = False if kind is bool else None
    annotation = Annotated[kind, typer.Option(*names, **option_kwargs)]
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def _create_filter(
    *,
    of_project: str | None,
    with_tags: list[str] | None,
    exclude_tags: list[str] | None,
    running: bool,
    untagged: bool,
    longer_than: str | None,
    shorter_than: str | None,
    search: str | None,
) -> "TaskFilter":
    from tasktimer.core.task_filter import TaskFilter  # lazy: filters and labels

    return TaskFilter(
        project=of_project,
        tags=tuple(with_tags or ()),
        exclude_tags=tuple(exclude_tags or ()),
        running=running,
        untagged=untagged,
        longer_than=parse_duration_option(longer_than),
        shorter_than=parse_duration_option(shorter_than),
        search=search,
    )


def warn_unknown_labels(context: Context, task_filter: "TaskFilter | None", user: str | None) -> None:
    """Print a note for each project or tag of a filter that no task has, with a similar name."""
    if task_filter is None or not (task_filter.project or task_filter.tags or task_filter.exclude_tags):
        return
    from tasktimer.services import labels  # lazy: filters and labels

    if context.store.missing_error() is None:  # otherwise a note has been printed
        for unknown in labels.unknown_labels(context.store, context.resolve_user(user).reader, task_filter):
            print_note(unknown)
