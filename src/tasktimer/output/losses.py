"""Sentences about what the format of an export cannot represent."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from tasktimer.core.local_time import format_duration
from tasktimer.formats.registry import Loss
from tasktimer.output.formatting import pluralize

# By the value of the loss.
_SENTENCES = {
    "user": "{title} has no place for the user of {tasks}",
    "project": "{title} has no place for the project of {tasks}",
    "tags": "{title} has no place for tags of {tasks}",
    "note": "{title} has no place for {notes}",
    "seconds": "{title} has no place for the seconds of {tasks}",
    "fraction": "{title} has no place for fractions of a second of {tasks}",
    "offset": "{title} has no place for the UTC offset of {tasks} with ambiguous times",
    "running": "{title} has no place for {running tasks}, which {is} left out",
    "ended": "{running tasks} {ends} at the time of the export, because {title} requires an end",
    "split": "{title} has no place for {tasks} of several days, which {is} split",
    "one-word": "{title} has no place for {descriptions} of one word, written as tags with a space at the end",
    "overlap": "{title} has no place for the overlaps of {tasks}, which {is} cut{by time}",
    "text": "{title} has no place for some characters of {tasks}, which are replaced",
    "formula": "an apostrophe was put before texts of {tasks}, so that spreadsheets do not read them as formulas",
}


def format_losses(title: str, losses: Mapping[Loss, int]) -> Iterator[str]:
    """Yield a sentence for each kind of loss that occurred in the format with this title.

    >>> list(format_losses("Watson", {Loss.NOTE: 312, Loss.RUNNING: 1}))
    ['Watson has no place for 312 notes', 'Watson has no place for 1 running task, which is left out']
    """
    cut = losses.get(Loss.OVERLAP_SECONDS, 0)
    by_time = f" by {format_duration(timedelta(seconds=cut))}" if cut else ""
    for loss in Loss:
        if (count := losses.get(loss, 0)) and loss is not Loss.OVERLAP_SECONDS:
            nouns = {f"{noun}s": pluralize(count, noun) for noun in ("task", "note", "running task", "description")}
            forms = {"is": "is", "ends": "ends"} if count == 1 else {"is": "are", "ends": "end"}
            yield _SENTENCES[loss.value].format_map({"title": title, "by time": by_time, **nouns, **forms})
