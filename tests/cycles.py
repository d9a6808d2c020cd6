"""A contract for import-linter: its own see cycles among modules of a package, not those of a package with its own."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class NoCycles(Contract):
    """No module reaches itself by what it imports, be it within a function."""

    type_name = "no_cycles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter gives it)
        """Look for the shortest way from each module back to itself."""
        ways = [way for module in sorted(graph.modules) if (way := _way_back(graph, module))]
        cycles = {frozenset(way): way for way in ways}
        return ContractCheck(kept=not cycles, metadata={"cycles": list(cycles.values())})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name the modules of each cycle, in the order in which one imports the next."""
        for way in check.metadata["cycles"]:
            output.print_error(" -> ".join(way))


def _way_back(graph: ImportGraph, module: str) -> tuple[str, ...] | None:
    chains = (graph.find_shortest_chain(found, module) for found in graph.find_modules_directly_imported_by(module))
    found = min((chain for chain in chains if chain), key=len, default=None)
    return None if found is None else (module, *found)
