"""Puts the parts of a daemon together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import agent
from agent.config.loaded import Settings
from agent.core.contract.settings import Contract
from agent.core.desk.watch import DOWNTIME
from agent.daemon.follow import Follow
from agent.daemon.known import known
from agent.daemon.runs import Runs
from agent.executor import Executor, Sizes
from agent.intake import Intake
from agent.metrics import Labelled, Own, Watched
from agent.plan import Plan, Planned, due
from agent.schedule import Schedule
from agent.settings import Agent
from agent.store import Store
from agent.uplink import Reference, Uplink
from agent.uplink.references import Asker
from checks.core.model import Key
from checks.core.options import Common
from checks.net import Net


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs."""

    store: Store
    own: Own
    watched: Watched
    executor: Executor
    uplink: Uplink
    intake: Intake
    runs: Runs
    schedule: Schedule[Planned]
    follow: Follow

    def plan(self, plan: Plan, last_starts: Mapping[Key, datetime]) -> None:
        """Run exactly these checks from now on."""
        planned = {one.key: one for one in plan.planned}
        for key, before in self.follow.planned.items():
            if key not in planned or planned[key].kind != before.kind:
                self.runs.forget(key)
        self.watched.plan(_labelled(one) for one in plan.planned)
        self.schedule.apply(plan.planned, last_starts)
        self.follow.plan(planned)


def build(settings: Settings, plan: Plan, store: Store, net: Net) -> Parts:
    """Return the parts, planned but at rest; raises `StoreError`."""
    before = known(store)
    own, watched = Own(agent.__version__), Watched()
    executor = Executor(net, store.rules, Sizes(), lambda loss: own.child_killed(loss.value))
    uplink = Uplink(Asker(net), references(settings), executor.mark_silent)
    follow = Follow(beliefs=before.beliefs, watched=watched)
    intake = Intake(store, follow.told)
    runs = Runs(
        executor=executor,
        uplink=uplink,
        intake=intake,
        own=own,
        watched=watched,
        downtime=downtime(settings),
        stored_memories=before.memories,
    )
    schedule: Schedule[Planned] = Schedule(due=due, fire=runs.fire, watch=own)
    follow.recheck = schedule.recheck
    parts = Parts(
        store=store,
        own=own,
        watched=watched,
        executor=executor,
        uplink=uplink,
        intake=intake,
        runs=runs,
        schedule=schedule,
        follow=follow,
    )
    parts.plan(plan, before.last_starts)
    return parts


def references(settings: Settings) -> tuple[Reference, ...]:
    """The configured reference targets; they may be in the house."""
    return tuple(Reference(url=url, options=Common(allow_private=True)) for url in settings[Agent].reference_targets)


def downtime(settings: Settings) -> dict[str | None, frozenset[str]]:
    """The families that count as downtime, by contract; None stands for a site without one."""
    return {None: DOWNTIME} | {one.id: frozenset(one.downtime_families) for one in settings.all(Contract)}


def _labelled(planned: Planned) -> Labelled:
    return Labelled(key=planned.key, client=planned.client, kind=planned.kind)
