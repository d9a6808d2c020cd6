"""Random tasks to write in a format, for tests that read them again."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from tests.hostile import DESCRIPTIONS_KEPT, TAGS_KEPT

from tasktimer.core.task import Task

MINUTE = timedelta(minutes=1)

_EPOCH = datetime(2024, 3, 1, tzinfo=UTC)
_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20).filter(str.strip)
_LEVELS = st.sampled_from(["acme", "Über uns", "web [1/2]", "TODO", "x:y:", "*"])


@st.composite
def tasks(draw: st.DrawFn, unit: timedelta) -> list[Task]:
    """Return completed tasks of one user, whose times are multiples of a unit, sorted by start."""
    found = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        start = _EPOCH + draw(st.integers(0, timedelta(days=300) // unit)) * unit
        found.append(
            Task(
                number,
                1,
                draw(_WORDS | st.sampled_from(DESCRIPTIONS_KEPT)),
                start,
                start + draw(st.integers(0, timedelta(days=2) // unit)) * unit,
                draw(st.none() | st.lists(_LEVELS, min_size=1, max_size=3).map("/".join)),
                tuple(sorted(draw(st.sets(st.sampled_from(TAGS_KEPT))))),
                draw(st.none() | _WORDS | st.sampled_from(DESCRIPTIONS_KEPT)),
            )
        )
    return sorted(found, key=lambda task: (task.start_time, task.id))
