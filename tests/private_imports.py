"""A contract for import-linter: its built-in ones see external packages as a whole, not their modules."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OneImporter(Contract):
    """Only one module imports the private modules of an external package."""

    type_name = "one_importer"

    package = fields.StringField()
    importer = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter passes it)
        """Find the imports of private modules in other modules."""
        package, importer = str(self.package), str(self.importer)
        details = [
            detail
            for module in sorted(graph.find_modules_that_directly_import(package) - {importer})
            for detail in graph.get_import_details(importer=module, imported=package)
        ]
        found = [
            f"{detail['importer']}:{detail['line_number']}: {detail['line_contents']}"
            for detail in details
            if _is_private(detail["line_contents"], package)
        ]
        return ContractCheck(kept=not found, metadata={"imports": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import."""
        for line in check.metadata["imports"]:
            output.print_error(line)


def _is_private(line: str, package: str) -> bool:
    return f"{package}._" in line or (line.startswith(f"from {package} import") and " _" in line)
