"""Options and arguments of the commands that start a task."""

from collections.abc import Sequence
from typing import Annotated

from tasktimer.cli.options import argument, flag, option

Description = Annotated[
    list[str], argument("DESCRIPTION...", "Description of the task; no quotes needed.", "description")
]
Project = Annotated[str | None, option("--project -p", "NAME", "Project, such as acme or acme/website.", "project")]
Tags = Annotated[
    list[str] | None, option("--tag -t", "TAG", "Tag, same as +TAG in the description; can be repeated.", "tag")
]
Note = Annotated[str | None, option("--note", "TEXT", "Note about the task.")]
Parallel = Annotated[bool, flag("--parallel", "Let other tasks run, even if exclusive is set.")]

SIGNS = frozenset("@#:0123456789")  # of times and labels among the words of a description


def split_words(words: Sequence[str], tags: Sequence[str] | None) -> tuple[str, Sequence[str]]:
    """Return a description without its +TAG words, and the tags from these words, followed by `tags`."""
    if not any(word.startswith("+") for word in words):
        return " ".join(words), tags or ()
    from tasktimer.core.labels import split_tags  # lazy: only +TAG words need it

    text, marked = split_tags(words)
    return text, [*marked, *(tags or ())]
