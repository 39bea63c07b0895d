"""What the daemon says when it starts: what it watches, and where to look."""

import sys
from pathlib import Path

import agent
from agent.config.loaded import Settings
from agent.demo.settings import Demo
from agent.plan import Plan
from agent.present.terminal import counted
from agent.web.server import written


def greeting(settings: Settings, plan: Plan, address: tuple[str, int]) -> str:
    """Return the lines."""
    base, command = f"http://{written(*address)}", _command()
    checks, sites = len(plan.planned), len({one.key.site for one in plan.planned})
    lines = [
        f"Vigie {agent.__version__} watches {counted(sites, 'site')} with {counted(checks, 'check')}.",
        f"  page     {base}/",
        f"  metrics  {base}/metrics",
        f"  tickets  {command} tickets list",
    ]
    demo = settings[Demo]
    if demo.enabled:
        lines.append(f"  demo     http://{demo.listen.written()}/ ({command} demo heal)")
    return "\n".join(lines) + "\n"


def _command() -> str:
    """How the reader calls us."""
    return "vigie" if Path(sys.argv[0]).name == "vigie" else "python3 -m agent"
