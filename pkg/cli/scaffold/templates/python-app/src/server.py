"""@NAME@: a small HTTP service."""

import json
import logging
import os
import signal
import sys
import time

from flask import Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

NAME = "@NAME@"

REQUESTS = Counter("app_requests_total", "Requests by method, route and status.", ["method", "route", "status"])
DURATION = Histogram("app_request_duration_seconds", "How long requests took.", ["method", "route"])


class JSONFormatter(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record):
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging():
    """Sends all logs to standard output, at the level that LOG_LEVEL names."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONFormatter())
    logging.basicConfig(handlers=[handler], level=os.environ.get("LOG_LEVEL", "INFO").upper(), force=True)


def create_app():
    """Makes the application. Its configuration comes from the environment."""
    app = Flask(NAME)
    log = logging.getLogger(NAME)

    @app.before_request
    def start_timer():
        g.start = time.perf_counter()

    @app.after_request
    def observe(response):
        # The route and not the path: paths that nobody serves would be labels without end.
        route = request.url_rule.rule if request.url_rule else "none"
        elapsed = time.perf_counter() - g.start
        REQUESTS.labels(request.method, route, response.status_code).inc()
        DURATION.labels(request.method, route).observe(elapsed)
        log.debug("request", extra={"fields": {
            "method": request.method, "path": request.path, "status": response.status_code,
            "milliseconds": round(elapsed * 1000, 1),
        }})
        return response

    @app.get("/")
    def index():
        return jsonify(service=NAME, message=os.environ.get("GREETING", "hello"))

    @app.get("/health")
    def health():
        return jsonify(status="healthy", service=NAME)

    @app.get("/metrics")
    def metrics():
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    @app.errorhandler(404)
    def not_found(_error):
        return jsonify(error="not found"), 404

    return app


def main():
    """Serves with Flask's own server, for development. In production gunicorn does."""
    configure_logging()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    create_app().run(host="0.0.0.0", port=int(os.environ.get("PORT", "@PORT@")))


if __name__ == "__main__":
    main()
