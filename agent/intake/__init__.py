"""The one way into the store: outcomes become verdicts, tickets and one transaction."""

from agent.intake.effects import Changes
from agent.intake.inbox import Intake

__all__ = ["Changes", "Intake"]
