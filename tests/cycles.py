"""A contract for import-linter: its built-in ones miss cycles between a package and its own modules."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class NoCycles(Contract):
    """No module imports itself indirectly, imports in functions included."""

    type_name = "no_cycles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter passes it)
        """Find the shortest import chain from each module back to itself."""
        ways = [way for module in sorted(graph.modules) if (way := _way_back(graph, module))]
        cycles = {frozenset(way): way for way in ways}
        return ContractCheck(kept=not cycles, metadata={"cycles": list(cycles.values())})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the modules of each cycle in import order."""
        for way in check.metadata["cycles"]:
            output.print_error(" -> ".join(way))


def _way_back(graph: ImportGraph, module: str) -> tuple[str, ...] | None:
    chains = (graph.find_shortest_chain(found, module) for found in graph.find_modules_directly_imported_by(module))
    found = min((chain for chain in chains if chain), key=len, default=None)
    return None if found is None else (module, *found)
