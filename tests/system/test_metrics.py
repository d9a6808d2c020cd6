"""The metrics of several worker processes."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families
from tests.conftest import wait_until
from tests.system.command import Program
from tests.system.server import Serve

_COUNT = "tasktimer_http_requests_total"


def read(client: httpx.Client, name: str, **labels: str) -> float:
    text = client.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


def test_metrics_are_totals_of_all_workers(serve: Serve, postgres_url: str, program: Program) -> None:
    create = ("--database", postgres_url, "token", "create", "--user", "1", "--admin", "--read-only")
    token = program(*create).stdout.strip()
    with serve("--workers", "2", on=postgres_url) as server:

        def request(number: int) -> int:
            with server.client(token) as client:  # a connection for each request, so that both workers receive some
                return client.get(f"/tasks/{number}").status_code

        with ThreadPoolExecutor(4) as pool, server.client(token) as client:
            assert set(pool.map(request, range(1, 41))) == {404}
            wait_until(lambda: read(client, _COUNT, route="/tasks/{id}", status="404") == 40)
            workers = [
                process
                for process in psutil.Process(server.process.pid).children()
                if "spawn_main" in " ".join(process.cmdline())
            ]
            os.kill(workers[0].pid, signal.SIGKILL)
            wait_until(lambda: f"Child process [{workers[0].pid}] died" in server.log())
            assert set(pool.map(request, range(41, 61))) == {404}
            for _ in range(6):
                with server.client(token) as other:
                    wait_until(lambda: read(other, _COUNT, route="/tasks/{id}", status="404") == 60)
                    assert read(other, "tasktimer_http_request_duration_seconds_count", route="/tasks/{id}") == 60
                    wait_until(lambda: read(other, "tasktimer_http_requests_in_flight") == 1)  # itself
        assert server.end() in (0, -signal.SIGTERM)
