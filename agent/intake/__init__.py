"""The one way into the store: outcomes become verdicts, tickets and one transaction.

What a daemon does with it: set `Intake.rules` and `Intake.routes` from the configuration (again on a reload), run
`Intake.run` and beside it `Keeping.run`, `put` every outcome, `do(Withdraw(…))` with the planned keys whenever it has a
plan, and hand `agent.store.outlet.Outlet` to the dispatcher, which `Changes.messages` wakes.
"""

from agent.intake.changes import Changes, Rules
from agent.intake.commands import Settle, Withdraw
from agent.intake.inbox import Intake
from agent.intake.keeping import Keeping

__all__ = ["Changes", "Intake", "Keeping", "Rules", "Settle", "Withdraw"]
