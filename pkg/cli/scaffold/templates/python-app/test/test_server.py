"""Unit tests: each endpoint by itself, without a network."""

import json
import logging

from server import JSONFormatter


def test_index_greets(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.json == {"service": "@NAME@", "message": "hello"}


def test_greeting_comes_from_the_environment(client, monkeypatch):
    monkeypatch.setenv("GREETING", "good morning")
    assert client.get("/").json["message"] == "good morning"


def test_health(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {"status": "healthy", "service": "@NAME@"}


def test_metrics_count_requests(client):
    def count():
        lines = client.get("/metrics").get_data(as_text=True).splitlines()
        line = 'app_requests_total{method="GET",route="/health",status="200"} '
        return sum(float(x.removeprefix(line)) for x in lines if x.startswith(line))

    before = count()
    client.get("/health")
    assert count() == before + 1


def test_unknown_paths_share_one_label(client):
    assert client.get("/no/such/path").status_code == 404
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'route="none",status="404"' in metrics
    assert "/no/such/path" not in metrics


def test_logs_are_lines_of_json():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "hello %s", ("you",), None)
    record.fields = {"status": 200}
    line = json.loads(JSONFormatter().format(record))
    assert line["message"] == "hello you" and line["level"] == "INFO" and line["status"] == 200
