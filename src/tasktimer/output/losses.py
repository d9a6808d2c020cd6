"""Sentences about what the format of an export cannot represent."""

from collections.abc import Iterator, Mapping

from tasktimer.formats.registry import Loss
from tasktimer.output.formatting import pluralize

# By the value of the loss: what the format has no place for, and what becomes of it.
_PHRASES = {
    "user": ("the user of {tasks}", ""),
    "project": ("the project of {tasks}", ""),
    "tags": ("tags of {tasks}", ""),
    "note": ("{notes}", ""),
    "description": ("{descriptions}", ""),
    "seconds": ("the seconds of {tasks}", ""),
    "fraction": ("fractions of a second of {tasks}", ""),
    "offset": ("the UTC offset of {tasks} with ambiguous times", ""),
    "running": ("{running tasks}", "which {is} left out"),
    "ended": ("{running tasks}", "which {ends} now"),
    "split": ("{tasks} of several days", "which {is} split"),
    "overlap": ("the overlaps of {tasks}", "which {is} cut"),
    "text": ("some characters of {tasks}", "which are replaced"),
}


def format_losses(title: str, losses: Mapping[Loss, int]) -> Iterator[str]:
    """Yield a sentence for each kind of loss that occurred in the format with this title.

    >>> list(format_losses("Watson", {Loss.NOTE: 312, Loss.RUNNING: 1}))
    ['Watson has no place for 312 notes', 'Watson has no place for 1 running task, which is left out']
    """
    for loss in Loss:
        if count := losses.get(loss, 0):
            what, result = (_fill(phrase, count) for phrase in _PHRASES[loss.value])
            yield f"{title} has no place for {what}{', ' if result else ''}{result}"


def _fill(phrase: str, count: int) -> str:
    nouns = {f"{noun}s": pluralize(count, noun) for noun in ("task", "note", "description", "running task")}
    forms = {"is": "is", "ends": "ends"} if count == 1 else {"is": "are", "ends": "end"}
    return phrase.format_map({**nouns, **forms})
