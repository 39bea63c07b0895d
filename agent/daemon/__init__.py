"""The daemon: puts the parts together, runs them until a signal, and stops them in order so that nothing is lost."""

from agent.daemon.service import run

__all__ = ["run"]
