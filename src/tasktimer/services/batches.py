"""Many tasks, of which a command keeps only the ids in memory: eight bytes each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from tasktimer.store import Connection
from tasktimer.store.statements import task_writes

BATCH_SIZE = 500  # so many tasks are in memory
_SORTED_AT_ONCE = 1_000


def sort_ids(ids: Iterable[int]) -> Sequence[int]:
    """These ids, sorted."""
    left = iter(ids)
    run = sorted(islice(left, _SORTED_AT_ONCE))
    if len(run) < _SORTED_AT_ONCE:
        return run
    # A list of all would take five times the memory; most commands need neither of the two.
    from array import array
    from heapq import merge

    runs = [array("q", run)]
    while run := sorted(islice(left, _SORTED_AT_ONCE)):
        runs.append(array("q", run))
    return array("q", merge(*runs))


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """These ids, some at a time."""
    for start in range(0, len(ids), BATCH_SIZE):
        yield ids[start : start + BATCH_SIZE]


def lock(connection: Connection, ids: Iterable[int]) -> None:
    """Wait for whoever changes these tasks; from then on only this transaction can."""
    for some in batches(sort_ids(ids)):
        task_writes.wait_for_task_locks(connection, some)


def lock_found(connection: Connection, find: Callable[[], Iterable[int]]) -> Sequence[int]:
    """The tasks that a question finds, locked, and those that it finds only when this command has had its turn."""
    locked: Sequence[int] = ()
    while new := _without(found := sort_ids(find()), locked):
        lock(connection, new)
        locked = sort_ids(chain(locked, new)) if locked else new
    return found


def _without(ids: Sequence[int], others: Sequence[int]) -> Sequence[int]:
    """Those of the one that are not of the other; both are in order."""
    if not others:
        return ids
    from bisect import bisect_left

    def is_new(task_id: int) -> bool:
        place = bisect_left(others, task_id)
        return place == len(others) or others[place] != task_id

    return sort_ids(filter(is_new, ids))
