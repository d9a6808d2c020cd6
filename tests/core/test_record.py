"""Tests of immutable values."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from tasktimer.core.interval import Interval
from tasktimer.core.record import Record
from tasktimer.core.task import Task

START = datetime(2023, 7, 16, 9, tzinfo=UTC)
TASK = Task(7, 1, "write", START, None, tags=("docs",))
RECORDS = [Interval(START, START), TASK]


@pytest.mark.parametrize("record", RECORDS)
def test_record_cannot_be_changed(record: Interval | Task) -> None:
    for name in record.__slots__:
        with pytest.raises(AttributeError, match=f"cannot assign to field '{name}'"):
            setattr(record, name, None)
        with pytest.raises(AttributeError, match=f"cannot delete field '{name}'"):
            delattr(record, name)


@pytest.mark.parametrize("record", RECORDS)
def test_copied_and_pickled_records_are_equal(record: Record) -> None:
    for other in (copy.copy(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert (other, hash(other)) == (record, hash(record))


def test_records_differ_in_type_or_fields() -> None:
    assert len(set(RECORDS)) == 2
    assert TASK._replace(note="x") != TASK
    assert Interval(START, START) != (START, START)


def test_repr_names_the_fields() -> None:
    assert repr(Interval(START, START)).startswith("Interval(start=datetime.datetime(2023, 7, 16")
    assert repr(TASK).startswith("Task(id=7, user_id=1, description='write', start_time=datetime.datetime(2023, 7, 16")
