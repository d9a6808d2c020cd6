"""The verb that says how much there is."""

from tasktimer.core.facts import Counts
from tasktimer.store import Store, counts


def count(store: Store) -> Counts:
    """How much a store holds, of every user."""
    with store.read() as connection:
        return counts.count(connection)
