"""How the daemon looks out: the lanes that run checks, and the uplink that tells whether it is us."""

from dataclasses import dataclass

from agent.config.loaded import Settings
from agent.executor import Events, Executor, Lanes
from agent.plan import Planned
from agent.settings import Agent
from agent.uplink import Reference, Uplink
from agent.uplink.references import Asker
from checks.core.clock import Clock
from checks.core.model import Outcome
from checks.core.options import Common
from checks.core.registry import Catalogue
from checks.net import Net


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Lanes and uplink, on one network and by one clock."""

    executor: Executor
    uplink: Uplink
    clock: Clock

    async def believe(self, outcome: Outcome, planned: Planned) -> Outcome:
        """Return an outcome as far as it can be believed."""
        own: Common = planned.options
        asked_as = Common(ca_file=own.ca_file, resolve=own.resolve, allow_private=own.allow_private)
        return await self.uplink.believe(outcome, Reference(url=planned.target, options=asked_as))


def open_eyes(settings: Settings, net: Net, rules: Catalogue, events: Events) -> Eyes:
    """Build them."""
    executor = Executor(net, rules, settings[Lanes], events)
    uplink = Uplink(Asker(net), references(settings), executor.mark_silent)
    return Eyes(executor=executor, uplink=uplink, clock=net.clock)


def references(settings: Settings) -> tuple[Reference, ...]:
    """The configured reference targets; they may be in the house."""
    return tuple(Reference(url=url, options=Common(allow_private=True)) for url in settings[Agent].reference_targets)
