"""What the tests share."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"
sys.path.insert(0, str(SRC))


@pytest.fixture
def client():
    """A client that calls the application without a network."""
    from server import create_app

    return create_app().test_client()


@pytest.fixture(scope="session")
def service():
    """The service as in production, by gunicorn: its address and its process."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "server:create_app()"],
        cwd=SRC, env={**os.environ, "PORT": str(port), "LOG_LEVEL": "WARNING"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(address, process)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_healthy(address, process):
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address + "/health", timeout=1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
