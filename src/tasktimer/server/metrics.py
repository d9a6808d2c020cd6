"""The metrics of the server for Prometheus, which add up those of all worker processes."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from prometheus_client import (
    GC_COLLECTOR,
    PLATFORM_COLLECTOR,
    PROCESS_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import Scope

# prometheus_client reads this variable when it is imported: if it is set, processes keep their metrics in files there.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_FOLDER_PREFIX = "tasktimer-metrics-"
_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The request metrics of an application; if the server has several processes, those of all of them."""

    def __init__(self) -> None:
        self._folder = os.environ.get(FOLDER_VARIABLE)
        # Do not use the library's global registry: a second application could not register the same names there.
        self._registry = CollectorRegistry()
        # The collector of the files takes the place of the metrics of this process.
        registry = None if self._folder else self._registry
        self.requests = Counter(
            "tasktimer_http_requests",
            "HTTP requests, by method, route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.latency = Histogram(
            "tasktimer_http_request_duration_seconds",
            "Time from the start of a request to the end of its response.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.problems = Counter("tasktimer_http_problems", "Problem responses, by code.", ("code",), registry=registry)
        self.in_flight = Gauge(
            "tasktimer_http_requests_in_flight",
            "HTTP requests without a complete response.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        # Cached: `labels` validates the labels and locks the metric each time.
        self._find_children = cache(self._add_children)
        self._collect()

    def _collect(self) -> None:
        if self._folder:
            MultiProcessCollector(self._registry, self._folder)  # type: ignore[no-untyped-call]
            return
        # Of a single process; with several, the values would depend on the process that responds.
        for collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
            self._registry.register(collector)

    def count_request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request by its route, not its path, since clients could make up any number of paths."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        requests, latency = self._find_children(method, route, status)
        requests.inc()
        latency.observe(seconds)

    def _add_children(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        return self.requests.labels(method, route, status), self.latency.labels(method, route)

    def format(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        return generate_latest(self._registry)


@contextmanager
def metrics_folder() -> Iterator[Path]:
    """Provide a folder for the metrics of worker processes that start in this block; delete it when the block ends.

    Folders of servers that were killed are deleted, too.
    """
    _delete_abandoned_folders()
    folder = Path(mkdtemp(prefix=_FOLDER_PREFIX))
    with (folder / "new-lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Renamed only now, so that another server never finds the lock free.
        (folder / "new-lock").rename(folder / "lock")
        os.environ[FOLDER_VARIABLE] = str(folder)
        try:
            yield folder
        finally:
            os.environ.pop(FOLDER_VARIABLE, None)
            shutil.rmtree(folder, ignore_errors=True)


def _delete_abandoned_folders() -> None:
    for folder in Path(gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another server uses it, or has just deleted it
            continue
