"""Rounding of amounts so that, as printed, they still add up to their totals."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

_Name = TypeVar("_Name", bound=Hashable)

_OUTSIDE = object()  # replaces the nodes at which the exact amounts do not add up


class Flow(NamedTuple):
    """An amount that leaves one node and enters another.

    A sum is a node that its parts enter and that its total leaves, or the reverse. Amounts of a lower rank are rounded
    first.
    """

    source: Hashable
    target: Hashable
    amount: int
    rank: int = 0


class _Edge:
    """A flow to round; `rank` is its place in the order of precedence.

    `excess` is the amount above a multiple of the unit, until it is 0 or the unit.
    """

    def __init__(self, rank: int, source: Hashable, target: Hashable, excess: int) -> None:
        self.rank = rank
        self.source = source
        self.target = target
        self.excess = excess


_Graph = dict[Hashable, dict[_Edge, Hashable]]  # for each node, the edges to round, and the nodes at their other ends


def round_flows(flows: Mapping[_Name, Flow], unit: int, *, nearest: bool = True) -> dict[_Name, int]:
    """Round each amount down or up to an adjacent multiple of the unit, so that sums remain correct.

    This is controlled rounding: where the exact amounts that enter and leave a node are equal, the rounded ones are,
    too. Multiples of the unit stay as they are. A flow that is alone in the lowest rank is rounded to the nearest
    multiple, or down. So are others, where the sums allow it; in the order of their ranks and, within a rank, starting
    with those for which the other multiple would be most wrong.

    >>> parts = {name: Flow("parts", "total", amount, rank=1) for name, amount in zip("abc", (25, 30, 5))}
    >>> round_flows({"total": Flow("total", "parts", 60), **parts}, 60)
    {'total': 60, 'a': 0, 'b': 60, 'c': 0}
    """
    balanced = _balanced_nodes(flows.values())
    edges: dict[_Name, _Edge] = {}
    for name in sorted(flows, key=lambda name: _precedence(flows[name], unit, nearest=nearest)):
        source, target, amount, _ = flows[name]
        start, end = (node if node in balanced else _OUTSIDE for node in (source, target))
        edges[name] = _Edge(len(edges), start, end, amount % unit)
    rises = [nearest and edge.excess * 2 >= unit for edge in edges.values()]
    graph = _graph(edges.values())
    for edge in edges.values():
        for cycle in _cycles(graph, edge):
            _shift(graph, cycle, unit, rises)
    return {name: flow.amount // unit * unit + edges[name].excess for name, flow in flows.items()}


def _precedence(flow: Flow, unit: int, *, nearest: bool) -> tuple[int, int]:
    """Return a flow's rank, and by how much its preferred multiple is nearer than the other one, negated."""
    excess = flow.amount % unit
    return flow.rank, -abs(unit - 2 * excess) if nearest else 2 * excess - unit


def _balanced_nodes(flows: Iterable[Flow]) -> set[Hashable]:
    balances: dict[Hashable, int] = {}
    for source, target, amount, _ in flows:
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


def _cycles(graph: _Graph, first: _Edge) -> Iterator[list[tuple[_Edge, bool]]]:
    """Yield cycles of edges, and whether each edge points forward, until an edge is rounded.

    Each cycle must lose an edge before the next. A walk never ends elsewhere: the excesses at a balanced node add up to
    a multiple of the unit, so such a node has no edge, or several.
    """
    start = first.source
    walk: list[tuple[_Edge, bool]] = []
    places = {start: 0}  # for each node of the walk, the number of edges before it
    node = start
    while walk or first in graph[start]:
        # The edges that come last in the order of precedence make up for the one that is to be rounded.
        last = walk[-1][0] if walk else None
        edge = next(edge for edge in reversed(graph[node]) if edge is not last) if walk else first
        walk.append((edge, edge.source == node))
        node = graph[node][edge]
        if (place := places.setdefault(node, len(walk))) < len(walk):
            yield walk[place:]
            del walk[place:]
            places = {each: number for each, number in places.items() if number <= place}


def _shift(graph: _Graph, cycle: list[tuple[_Edge, bool]], unit: int, rises: list[bool]) -> None:
    """Increase the edges of one direction and decrease the others, until one of them is a multiple of the unit.

    The edge with the lowest rank is rounded as preferred.
    """
    first, points_forward = min(cycle, key=lambda step: step[0].rank)
    direction = points_forward == rises[first.rank]
    amount = min(unit - edge.excess if forward == direction else edge.excess for edge, forward in cycle)
    for edge, forward in cycle:
        edge.excess += amount if forward == direction else -amount
        if not edge.excess % unit:
            del graph[edge.source][edge]
            graph[edge.target].pop(edge, None)  # already deleted if both ends are the same node
