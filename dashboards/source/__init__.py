"""The dashboards' source: `python -m dashboards.source` writes the JSON that Grafana loads."""

from pathlib import Path

from dashboards.source.agent_health import agent_health
from dashboards.source.fleet import fleet
from dashboards.source.parts import as_json

FOLDER = Path(__file__).resolve().parents[1]


def rendered() -> dict[Path, str]:
    """Build every dashboard: the file it belongs in, and what belongs there."""
    return {FOLDER / "fleet.json": as_json(fleet()), FOLDER / "agent-health.json": as_json(agent_health())}
