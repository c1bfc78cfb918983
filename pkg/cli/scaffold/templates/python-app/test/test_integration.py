"""Integration tests: the running service, as in production."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families


def get(address, path):
    with urllib.request.urlopen(address + path, timeout=10) as response:
        return response.status, response.headers, response.read().decode()


def test_health(service):
    status, _, body = get(service[0], "/health")
    assert status == 200 and json.loads(body)["status"] == "healthy"


def test_metrics_are_in_the_format_of_prometheus(service):
    _, headers, body = get(service[0], "/metrics")
    assert headers["Content-Type"].startswith("text/plain")
    names = {family.name for family in text_string_to_metric_families(body)}
    assert {"app_requests", "app_request_duration_seconds", "process_cpu_seconds"} <= names


def test_answers_are_json(service):
    status, headers, body = get(service[0], "/")
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert set(json.loads(body)) == {"service", "message"}


def test_unknown_path_is_404(service):
    try:
        get(service[0], "/nowhere")
    except urllib.error.HTTPError as error:
        assert error.code == 404 and json.load(error) == {"error": "not found"}
    else:
        raise AssertionError("found")


def test_many_at_once(service):
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: get(service[0], "/")[0], range(200)))
    assert results == [200] * 200


def test_answers_quickly(service):
    durations = []
    for _ in range(50):
        start = time.perf_counter()
        get(service[0], "/health")
        durations.append(time.perf_counter() - start)
    assert sorted(durations)[len(durations) // 2] < 0.1  # the median, so that one pause does not count


def test_memory_does_not_grow(service):
    address, process = service
    worker = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])

    def resident():
        lines = Path(f"/proc/{worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def ask(times):
        for i in range(times):
            try:
                get(address, f"/path/{i}")
            except urllib.error.HTTPError:
                pass

    ask(300)
    before = resident()
    ask(600)
    assert resident() - before < 4096  # kB
