"""The rounds: which checks are planned, when each fires, and what happens when one leaves or changes."""

from dataclasses import dataclass

from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes
from agent.daemon.follow import Follow
from agent.daemon.known import Known
from agent.daemon.runs import Runs
from agent.daemon.tally import Tally
from agent.daemon.watches import Watches
from agent.intake import Intake
from agent.metrics import Labelled, Watched
from agent.plan import Plan, Planned, due
from agent.schedule import Clocks, Schedule
from agent.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The schedule with all that must know what it fires."""

    schedule: Schedule[Planned]
    runs: Runs
    follow: Follow
    watched: Watched
    intake: Intake

    def plan(self, plan: Plan, before: Known | None = None) -> None:
        """Run exactly these checks from now on; `before` is what the store knew, at the start."""
        planned = {one.key: one for one in plan.planned}
        for key, was in self.follow.planned.items():
            if key not in planned or planned[key].kind != was.kind:
                self.runs.forget(key)
        self.watched.plan(Labelled(key=one.key, client=one.client, kind=one.kind) for one in plan.planned)
        self.schedule.apply(plan.planned, before.last_starts if before else {})
        self.follow.plan(planned)


def open_rounds(settings: Settings, plan: Plan, store: Store, before: Known, eyes: Eyes, tally: Tally) -> Rounds:
    """Begin where the store left off: planned, at rest."""
    watched = Watched()
    follow = Follow(beliefs=before.beliefs, watched=watched)
    intake = Intake(store, follow.told, now=eyes.clock)
    runs = Runs(
        eyes=eyes,
        intake=intake,
        tally=tally,
        watched=watched,
        watches=Watches(settings),
        stored_memories=before.memories,
    )
    schedule = Schedule(due=due, fire=runs.fire, watch=tally, clocks=Clocks(wall=eyes.clock))
    follow.recheck = schedule.recheck
    rounds = Rounds(schedule=schedule, runs=runs, follow=follow, watched=watched, intake=intake)
    rounds.plan(plan, before)
    return rounds
