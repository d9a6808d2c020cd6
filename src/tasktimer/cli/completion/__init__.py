"""Shell completion: the candidates at TAB, and the scripts of the shells."""

from collections.abc import Callable

import typer


def complete(kind: str) -> Callable[[typer.Context, str], list[tuple[str, str]]]:
    """Return an `autocompletion` function that calls `candidates.complete_KIND`."""

    def find_candidates(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        from tasktimer.cli.completion import candidates  # lazy: needed at TAB only

        candidates_of: Callable[[typer.Context, str], list[tuple[str, str]]] = getattr(candidates, f"complete_{kind}")
        return candidates_of(ctx, incomplete)

    return find_candidates
