"""Puts the parts of a daemon together."""

import socket
from dataclasses import dataclass

from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes, open_eyes
from agent.daemon.house import House, open_house
from agent.daemon.known import known
from agent.daemon.rounds import Rounds, open_rounds
from agent.daemon.served import served
from agent.daemon.tally import Tally
from agent.metrics import Own
from agent.plan import Plan
from agent.store import Store
from agent.web.server import WebServer
from checks.net import Net


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs."""

    eyes: Eyes
    rounds: Rounds
    house: House
    web: WebServer


def build(settings: Settings, plan: Plan, store: Store, net: Net, listener: socket.socket) -> Parts:
    """Return the parts, planned but at rest; raises `StoreError`."""
    own = Own()
    tally = Tally(own=own, clock=net.clock)
    eyes = open_eyes(settings, net, store.rules, tally)
    rounds = open_rounds(settings, plan, store, known(store), eyes, tally)
    own.reloaded(net.clock(), good=True)
    return Parts(
        eyes=eyes,
        rounds=rounds,
        house=open_house(settings, store, eyes, rounds, tally),
        web=WebServer(served(settings, store, own, eyes, rounds), listener),
    )
