"""Functions that process many tasks while keeping only their IDs (eight bytes each) in memory."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice

from tasktimer.store.protocols import Connection
from tasktimer.store.statements import task_writes

BATCH_SIZE = 500  # the maximum number of tasks in memory at a time
_SORT_SIZE = 1_000


def sort_ids(ids: Iterable[int]) -> Sequence[int]:
    """Return IDs in ascending order, as a compact array if there are many."""
    remaining = iter(ids)
    run = sorted(islice(remaining, _SORT_SIZE))
    if len(run) < _SORT_SIZE:
        return run
    # A list of all IDs would take five times as much memory as an array.
    runs = [array("q", run)]
    while run := sorted(islice(remaining, _SORT_SIZE)):
        runs.append(array("q", run))
    return array("q", merge(*runs))


def split(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield IDs in batches of up to `BATCH_SIZE`."""
    for start in range(0, len(ids), BATCH_SIZE):
        yield ids[start : start + BATCH_SIZE]


def lock(connection: Connection, ids: Iterable[int]) -> None:
    """Lock the tasks with these IDs until the transaction ends."""
    for batch in split(sort_ids(ids)):
        task_writes.wait_for_task_locks(connection, batch)


def lock_until_stable(connection: Connection, find: Callable[[], Iterable[int]]) -> Sequence[int]:
    """Lock the tasks that a query finds, repeating the query until all results are locked, and return their IDs."""
    locked: Sequence[int] = ()
    while new := _difference(ids := sort_ids(find()), locked):
        lock(connection, new)
        locked = sort_ids(chain(locked, new)) if locked else new
    return ids


def _difference(ids: Sequence[int], others: Sequence[int]) -> Sequence[int]:
    """Return the IDs that are not in `others`; both sequences must be sorted."""
    if not others:
        return ids

    def is_new(task_id: int) -> bool:
        index = bisect_left(others, task_id)
        return index == len(others) or others[index] != task_id

    return sort_ids(filter(is_new, ids))
