"""Settings of gunicorn, which serves in production."""

import os

from server import configure_logging

bind = "0.0.0.0:" + os.environ.get("PORT", "@PORT@")
# One process: the metrics are its own. More pods give more throughput.
workers = 1
threads = int(os.environ.get("THREADS", "8"))
# Its heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm"
# On SIGTERM requests in flight may end, within the pod's grace period.
graceful_timeout = 25


def post_worker_init(_worker):
    configure_logging()
