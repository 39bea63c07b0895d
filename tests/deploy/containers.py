"""Containers of the tests of this folder: run as compose.yaml runs the image, cut off from every network."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.deploy.conftest import RUNC, run

CONFIGURATION = "/etc/vigie/config.toml"
# What works as root inside a container too: no more files than the machine gives, and a network of its own.
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000")
FENCE = (
    "--read-only",
    "--tmpfs",
    "/tmp",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--network",
    "none",
)
PATIENCE = 60.0  # seconds
FETCH = """
import sys, urllib.request as u
asked = u.Request(sys.argv[1], headers={"Host": sys.argv[2]} if sys.argv[2:] else {})
sys.stdout.write(u.urlopen(asked, timeout=5).read().decode())
"""


class Container:
    """One that runs."""

    def __init__(self, name: str) -> None:
        self.name = name

    def python(self, code: str, *words: str) -> str:
        return run("podman", "exec", self.name, "python", "-c", code, *words)

    def get(self, path: str, *host: str) -> str:
        """Ask the agent, under another name if one is given."""
        return self.python(FETCH, f"http://127.0.0.1:8787{path}", *host)

    def vigie(self, *words: str) -> str:
        return run("podman", "exec", self.name, "vigie", *words, "--config", CONFIGURATION)

    def tickets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.vigie("tickets", "list", "--state", "all", "--format", "json"))
        return found

    def until(self, expected: str, path: str) -> None:
        """Wait until an address answers with something."""
        end = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < end:
            try:
                said = self.get(path)
            except AssertionError as error:
                said = str(error)
            else:
                if expected in said:
                    return
            time.sleep(0.1)
        pytest.fail(f"{path} never said {expected}; last: {said[-500:]}\n{run('podman', 'logs', self.name)}")

    def stop(self) -> tuple[float, int]:
        """Send SIGTERM; return how long it took to end, and with which status."""
        start = time.monotonic()
        run("podman", "stop", "--time", "30", self.name)
        took = time.monotonic() - start
        return took, int(run("podman", "inspect", "--format", "{{.State.ExitCode}}", self.name))


@contextmanager
def started(image: str, volume: str) -> Iterator[Container]:
    """Run the image as compose.yaml does, cut off from every network but its own loopback."""
    name = f"vigie-test-{uuid4().hex[:8]}"
    run(
        "podman",
        *RUNC,
        "run",
        "--detach",
        "--name",
        name,
        *FENCE,
        *LIMITS,
        "--volume",
        f"{volume}:/var/lib/vigie",
        image,
    )
    try:
        yield Container(name)
    finally:
        run("podman", "rm", "--force", "--volumes", "--time", "0", name)
