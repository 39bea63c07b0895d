"""The one way into the store: outcomes become verdicts, tickets and one transaction."""

from agent.intake.batch import Changes, Rules
from agent.intake.inbox import Intake

__all__ = ["Changes", "Intake", "Rules"]
