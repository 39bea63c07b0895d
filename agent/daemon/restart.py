"""What of a configuration a running daemon cannot take over."""

from agent.config.loaded import Settings
from agent.demo.settings import Demo
from agent.executor.settings import Lanes
from agent.settings import Agent
from agent.web.settings import Web


def needing_restart(old: Settings, new: Settings) -> list[str]:
    """Name what changed and cannot be taken over while the daemon runs."""
    changed = {
        "[agent] listen": old[Agent].listen != new[Agent].listen,
        "[agent] state_dir": old[Agent].state_dir != new[Agent].state_dir,
        "[agent.lanes]": old[Lanes] != new[Lanes],
        "[demo]": old[Demo] != new[Demo],
        "[web]": old[Web] != new[Web],
    }
    return [name for name, differs in changed.items() if differs]
