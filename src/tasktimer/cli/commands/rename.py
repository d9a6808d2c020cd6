"""`tasktimer rename`: rename a project or a tag in all tasks."""

from collections.abc import Callable
from shlex import join
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, argument
from tasktimer.cli.streams import write_result
from tasktimer.cli.typer_internals import Command, UsageError
from tasktimer.cli.undo_hints import undo_hint
from tasktimer.core.labels import parse_tag
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.output.formatting import escape_for_terminal, pluralize
from tasktimer.services import labels

PROJECT_EPILOG = """\
Examples:
  tasktimer rename project acme "acme corp"
  tasktimer rename project acme/web acme/site

Subprojects are also renamed: acme/web becomes acme corp/web. If a project
with the new name exists, the two projects are merged; tasktimer undo
separates them again.

Output: one line on a terminal; if projects are merged, a second line shows
how many tasks were already in the project with the new name. When piped,
prints the number of changed tasks.
"""

TAG_EPILOG = """\
Examples:
  tasktimer rename tag docs writing
  tasktimer rename tag +docs +writing

If a tag with the new name exists, the two tags are merged; tasktimer undo
separates them again.

Output: one line on a terminal; if tags are merged, a second line shows how
many tasks already had the new tag. When piped, prints the number of changed
tasks.
"""


class RenameGroup(TyperGroup):
    """The command group that contains `rename project` and `rename tag`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Resolve the subcommand; if it is missing, raise an error with a hint."""
        try:
            return super().resolve_command(ctx, args)
        except UsageError:
            if len(args) > 2 and not args[2].startswith("-"):
                raise
            message = f"{quote_value(args[0])} is neither 'project' nor 'tag'"
            hint = "put project or tag before the names; see tasktimer rename --help"
            if len(args) == 2:
                lines = (join(["tasktimer", "rename", kind, *args]) for kind in ("project", "tag"))
                hint = "to rename a project, run: {}; to rename a tag, run: {}".format(*lines)
            raise InvalidValue("missing-subcommand", message, hint) from None


app = typer.Typer(name="rename", cls=RenameGroup, add_completion=False, help="Rename a project or a tag in all tasks.")

OldProject = Annotated[str, argument("OLD", "Current name.", "project")]
OldTag = Annotated[str, argument("OLD", "Current name.", "tag")]
New = Annotated[str, argument("NEW", "New name.")]


@app.command(epilog=PROJECT_EPILOG)
def project(ctx: typer.Context, old: OldProject, new: New, user: AnyUser = None) -> None:
    """Rename a project, including its subprojects."""
    _rename(ctx.obj, "project", labels.rename_project, old, new, user)


@app.command(epilog=TAG_EPILOG)
def tag(ctx: typer.Context, old: OldTag, new: New, user: AnyUser = None) -> None:
    """Rename a tag."""
    _rename(ctx.obj, "tag", labels.rename_tag, parse_tag(old), parse_tag(new), user)  # removes a leading plus sign


def _rename(
    context: Context, kind: str, service: Callable[..., labels.Renaming], old: str, new: str, user: str | None
) -> None:
    renaming = service(context.store, context.resolve_user(user).actor, old, new, now=context.now)
    old, new = map(escape_for_terminal, (old, new))
    what = f"{kind} {old} to {new} in {pluralize(renaming.changed, 'task')}"
    joined = ""
    if renaming.joined and renaming.first and context.is_terminal:
        undo = undo_hint(context, user, renaming.first)
        joined = f"{pluralize(renaming.joined, 'task')} already had {kind} {new}; {undo}\n"
    text = f"Renamed {what}\n{joined}" if context.is_terminal else f"{renaming.changed}\n"
    write_result(text, done=f"renamed {what}")
