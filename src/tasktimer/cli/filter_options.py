"""The filter options shared by all commands that read or change several tasks."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from tasktimer.cli.context import Context
from tasktimer.cli.options import flag, option, parse_duration_option
from tasktimer.cli.streams import print_note

if TYPE_CHECKING:  # lazy: only filters need it
    from tasktimer.core.expressions import Expression
    from tasktimer.core.task_filter import TaskFilter

    OptionalFilter = TaskFilter | None
else:
    OptionalFilter = Any  # at run time, filter options replace the parameter

Command = Callable[..., None]
_LABELS = ("only_project", "only_no_project", "only_tags")


def filter_options(*, labels: bool = True) -> Callable[[Command], Command]:
    """Return a decorator that replaces a command's `task_filter` parameter with filter options.

    The command receives a `TaskFilter`, or None if no filter option is given. Pass `labels=False` to omit --project,
    --no-project and --tag for a command that sets these labels.
    """
    added = [parameter for parameter in _parameters() if labels or parameter.name not in _LABELS]

    def decorate(command: Command) -> Command:
        own = signature(command)
        parameters: list[Parameter] = []
        for name, parameter in own.parameters.items():
            parameters += added if name == "task_filter" else [parameter]

        # Do not copy the annotations: Typer would evaluate them, but TaskFilter is not imported at run time.
        @wraps(command, assigned=("__name__", "__doc__"))
        def run(**options: Any) -> None:
            fields = {one.name.removeprefix("only_"): options.pop(one.name) for one in added}
            given = {name: value for name, value in fields.items() if value not in (None, False, [])}
            command(**options, task_filter=_create_filter(given, options) if given else None)

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # read by Typer
        return run

    return decorate


def _parameters() -> list[Parameter]:
    """Return a parameter for each argument of TaskFilter, named with the prefix `only_` to avoid conflicts."""
    text = "Only tasks with this text in the description or note, regardless of case."
    where = "Only tasks that match an expression, such as 'project:acme and not lunch'."
    options: dict[str, tuple[Any, Any]] = {
        "project": (str, option("--project -p", "NAME", "Only tasks in this project or its subprojects.", "project")),
        "no_project": (bool, flag("--no-project", "Only tasks without a project.")),
        "tags": (list[str], option("--tag -t", "TAG", "Only tasks with this tag; repeat to require several.", "tag")),
        "exclude_tags": (list[str], option("--not-tag", "TAG", "Only tasks without this tag; can be repeated.", "tag")),
        "running": (bool, flag("--running", "Only running tasks.")),
        "untagged": (bool, flag("--untagged", "Only tasks without tags.")),
        "longer_than": (str, option("--longer-than", "DURATION", "Only tasks longer than this, such as 2h.")),
        "shorter_than": (str, option("--shorter-than", "DURATION", "Only tasks shorter than this.")),
        "search": (str, option("--search", "TEXT", text)),
        "where": (str, option("--where", "EXPRESSION", where, "expression")),
    }
    return [
        Parameter(
            f"only_{field}",
            Parameter.POSITIONAL_OR_KEYWORD,
            default=_as_default(value, False if kind is bool else None),
            annotation=kind if kind is bool else kind | None,
        )
        for field, (kind, value) in options.items()
    ]


def _as_default(value: Any, default: bool | None) -> Any:
    """Adapt an option for use as the default of a parameter; this costs less at start-up than `Annotated`."""
    value.param_decls, value.default = (value.default, *value.param_decls), default
    return value


def _create_filter(given: dict[str, Any], options: dict[str, Any]) -> "TaskFilter":
    from tasktimer.core.task_filter import TaskFilter  # lazy: only filters need it; 1.5 million instructions

    for name in given.keys() & {"longer_than", "shorter_than"}:
        given[name] = parse_duration_option(given[name])
    if "where" in given:
        given["where"] = _parse_where(given["where"], options["ctx"].obj, options.get("tz"))
    return TaskFilter(**given)


def _parse_where(text: str, context: Context, zone: str | None) -> "Expression":
    from tasktimer.core.expression_parser import parse_expression  # lazy: only filters need it

    return parse_expression(text, context.now.astimezone(context.find_zone(zone)))


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
    if task_filter is None:
        return
    from tasktimer.services import labels  # lazy: only filters need it

    if context.store.missing_error() is None:  # otherwise, a note has already been printed
        for unknown in labels.unknown_labels(context.store, context.resolve_user(user).reader, task_filter):
            print_note(unknown)
