"""`vigie reload`: the running daemon reads its configuration anew."""

import json
import os
import signal
import sys
import time
import tomllib
from contextlib import suppress
from pathlib import Path

import typer

from agent.cli.frame import Config, teach
from checks.core.errors import UsageError, VigieError

PATIENCE = 30.0  # seconds for a large configuration on a busy machine
BETWEEN = 0.05
REFUSED = 3

HELP = teach(
    "Have the running daemon read its configuration anew.",
    "reload",
    "reload --config /etc/vigie/",
    more="A wrong one is refused, and the old one stays in force. Exit status: 0 taken over, 3 refused.",
)


def register(app: typer.Typer) -> None:
    """Add `reload` to the command."""
    app.command(help=HELP)(reload)


def reload(config: Config = Path("config.toml")) -> int:
    """Have the running daemon read its configuration anew."""
    from agent.daemon.reload import REPORT
    from agent.store import FILE
    from agent.store.lock import holder

    state = _state_dir(config)
    daemon = holder(state / FILE)
    if daemon is None:
        raise VigieError(f"no daemon runs on {state / FILE}")
    before = _stamp(state / REPORT)
    os.kill(daemon, signal.SIGHUP)
    return _await(state / REPORT, before)


def _state_dir(config: Path) -> Path:
    """Where the daemon of a configuration lives, as far as a wrong one tells."""
    from agent.config import load
    from agent.settings import Agent

    try:
        return load(config, secrets=False)[Agent].state_dir
    except UsageError:
        written = Agent().state_dir
        with suppress(OSError, ValueError, AttributeError, TypeError):
            table = tomllib.loads(config.read_text(encoding="utf-8"))
            written = Path(table.get("agent", {}).get("state_dir", written))
        return (config if config.is_dir() else config.parent) / written


def _await(report: Path, before: int) -> int:
    until = time.monotonic() + PATIENCE
    while _stamp(report) == before:
        if time.monotonic() > until:
            raise VigieError(f"the daemon did not answer within {PATIENCE:.0f} s; its log says why")
        time.sleep(BETWEEN)
    said = json.loads(report.read_text(encoding="utf-8"))
    for line in said["says"]:
        print(line, file=sys.stdout if said["good"] else sys.stderr)
    return 0 if said["good"] else REFUSED


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
