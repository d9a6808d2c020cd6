"""The filter options shared by all commands that read or change several tasks."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any

from tasktimer.cli.context import Context
from tasktimer.cli.options import flag, option, parse_duration_option
from tasktimer.cli.streams import print_note

if TYPE_CHECKING:  # lazy: only filters need it
    from tasktimer.core.task_filter import TaskFilter

    OptionalFilter = TaskFilter | None
else:
    OptionalFilter = Any  # at run time, filter options replace the parameter

Command = Callable[..., None]


def filter_options(*, short_flags: bool = True) -> Callable[[Command], Command]:
    """Return a decorator that replaces a command's `task_filter` parameter with filter options.

    The command receives a `TaskFilter`, or None if no filter option is given. Pass `short_flags=False` to omit -p and
    -t for a command that defines these options itself.
    """
    added = _parameters(short_flags=short_flags)

    def decorate(command: Command) -> Command:
        own = signature(command)
        parameters: list[Parameter] = []
        for name, parameter in own.parameters.items():
            parameters += added if name == "task_filter" else [parameter]

        # Do not copy the annotations: Typer would evaluate them, but TaskFilter is not imported at run time.
        @wraps(command, assigned=("__name__", "__doc__"))
        def run(**options: Any) -> None:
            fields = {one.name.removeprefix("only_"): options.pop(one.name) for one in added}
            is_filtered = any(value is not None and value is not False and value != [] for value in fields.values())
            command(**options, task_filter=_create_filter(fields) if is_filtered else None)

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # read by Typer
        return run

    return decorate


def _parameters(*, short_flags: bool) -> list[Parameter]:
    """Return a parameter for each field of TaskFilter, named with the prefix `only_` to avoid conflicts."""
    project, tag = ("--project -p", "--tag -t") if short_flags else ("--project", "--tag")
    text = "Only tasks whose description or note contains this text, ignoring case."
    options: dict[str, tuple[Any, Any]] = {
        "project": (str, option(project, "NAME", "Only tasks in this project or its subprojects.", "project")),
        "tags": (list[str], option(tag, "TAG", "Only tasks with this tag; repeat to require several.", "tag")),
        "exclude_tags": (list[str], option("--not-tag", "TAG", "Only tasks without this tag; can be repeated.", "tag")),
        "running": (bool, flag("--running", "Only running tasks.")),
        "untagged": (bool, flag("--untagged", "Only tasks without tags.")),
        "longer_than": (str, option("--longer-than", "DURATION", "Only tasks longer than this, such as 2h.")),
        "shorter_than": (str, option("--shorter-than", "DURATION", "Only tasks shorter than this.")),
        "search": (str, option("--search", "TEXT", text)),
    }
    return [
        Parameter(
            f"only_{field}",
            Parameter.POSITIONAL_OR_KEYWORD,
            default=False if kind is bool else None,
            annotation=Annotated[kind if kind is bool else kind | None, value],
        )
        for field, (kind, value) in options.items()
    ]


def _create_filter(fields: dict[str, Any]) -> "TaskFilter":
    from tasktimer.core.task_filter import TaskFilter  # lazy: only filters need it; 1.5 million instructions

    tags = {name: tuple(fields[name] or ()) for name in ("tags", "exclude_tags")}
    durations = {name: parse_duration_option(fields[name]) for name in ("longer_than", "shorter_than")}
    return TaskFilter(**{**fields, **tags, **durations})


def explain_empty(context: Context, task_filter: OptionalFilter, user: str | None, *, as_table: bool) -> bool:
    """Print a note if a missing store or an unknown label explains an empty result.

    Return whether the caller should omit the table, because the store is missing.
    """
    if missing := context.store.missing_error():
        print_note(missing)
        return as_table
    warn_unknown_labels(context, task_filter, user)
    return False


def warn_unknown_labels(context: Context, task_filter: OptionalFilter, user: str | None) -> None:
    """Print a note for each project or tag in a filter that is not used by any task, suggesting similar names."""
    if task_filter is None or not (task_filter.project or task_filter.tags or task_filter.exclude_tags):
        return
    from tasktimer.services import labels  # lazy: only filters need it

    if context.store.missing_error() is None:  # otherwise, a note has already been printed
        for unknown in labels.unknown_labels(context.store, context.resolve_user(user).reader, task_filter):
            print_note(unknown)
