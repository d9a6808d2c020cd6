"""Rounding of amounts so that, as printed, they still add up to their totals."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

_Name = TypeVar("_Name", bound=Hashable)

_OUTSIDE = object()  # replaces the nodes at which the exact amounts do not add up


class Flow(NamedTuple):
    """An amount that leaves one node and enters another.

    A sum is a node that its parts enter and that its total leaves, or the reverse.
    """

    source: Hashable
    target: Hashable
    amount: int


class _Edge:
    """A flow to round; `excess` is the amount above a multiple of the unit, until it is 0 or the unit."""

    def __init__(self, rank: int, source: Hashable, target: Hashable, excess: int) -> None:
        self.rank = rank
        self.source = source
        self.target = target
        self.excess = excess


_Graph = dict[Hashable, dict[_Edge, Hashable]]  # for each node, the edges to round, and the nodes at their other ends


def round_flows(flows: Mapping[_Name, Flow], unit: int, *, nearest: bool = True) -> dict[_Name, int]:
    """Round each amount down or up to an adjacent multiple of the unit, so that sums remain correct.

    This is controlled rounding: where the exact amounts that enter and leave a node are equal, the rounded ones are,
    too. Multiples of the unit stay as they are. The first flow is rounded to the nearest multiple, or down; the later
    ones are if the sums and the earlier ones allow it.

    >>> parts = {name: Flow("parts", "total", 20) for name in "abc"}
    >>> round_flows({"total": Flow("total", "parts", 60), **parts}, 60)
    {'total': 60, 'a': 0, 'b': 0, 'c': 60}
    """
    balanced = _balanced_nodes(flows.values())
    edges = [
        _Edge(
            rank,
            source if source in balanced else _OUTSIDE,
            target if target in balanced else _OUTSIDE,
            amount % unit,
        )
        for rank, (source, target, amount) in enumerate(flows.values())
    ]
    rises = [nearest and edge.excess * 2 >= unit for edge in edges]
    graph = _graph(edges)
    for edge in edges:
        for cycle in _cycles(graph, edge.source):
            _shift(graph, cycle, unit, rises)
    return {
        name: flow.amount // unit * unit + edge.excess for (name, flow), edge in zip(flows.items(), edges, strict=True)
    }


def _balanced_nodes(flows: Iterable[Flow]) -> set[Hashable]:
    balances: dict[Hashable, int] = {}
    for source, target, amount in flows:
        balances[source] = balances.get(source, 0) - amount
        balances[target] = balances.get(target, 0) + amount
    return {node for node, balance in balances.items() if not balance}


def _graph(edges: Iterable[_Edge]) -> _Graph:
    graph: _Graph = {}
    for edge in edges:
        ends = graph.setdefault(edge.source, {}), graph.setdefault(edge.target, {})
        if edge.excess:
            ends[0][edge], ends[1][edge] = edge.target, edge.source
    return graph


def _cycles(graph: _Graph, start: Hashable) -> Iterator[list[tuple[_Edge, bool]]]:
    """Yield cycles of edges, and whether each edge points forward, while any edge is left at a node.

    Each cycle must lose an edge before the next. A walk never ends elsewhere: the excesses at a balanced node add up to
    a multiple of the unit, so such a node has no edge, or several.
    """
    walk: list[tuple[_Edge, bool]] = []
    places = {start: 0}  # for each node of the walk, the number of edges before it
    node = start
    while graph[node]:
        last = walk[-1][0] if walk else None
        edge, end = next(step for step in graph[node].items() if step[0] is not last)
        walk.append((edge, edge.source == node))
        node = end
        if (place := places.setdefault(node, len(walk))) < len(walk):
            yield walk[place:]
            del walk[place:]
            places = {each: number for each, number in places.items() if number <= place}


def _shift(graph: _Graph, cycle: list[tuple[_Edge, bool]], unit: int, rises: list[bool]) -> None:
    """Increase the edges of one direction and decrease the others, until one of them is a multiple of the unit.

    The edge that comes first in the order of the flows is rounded as preferred.
    """
    first, points_forward = min(cycle, key=lambda step: step[0].rank)
    direction = points_forward == rises[first.rank]
    amount = min(unit - edge.excess if forward == direction else edge.excess for edge, forward in cycle)
    for edge, forward in cycle:
        edge.excess += amount if forward == direction else -amount
        if not edge.excess % unit:
            del graph[edge.source][edge]
            graph[edge.target].pop(edge, None)  # already deleted if both ends are the same node
