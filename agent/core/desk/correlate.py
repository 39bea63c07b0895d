"""Decides what explains what among the live tickets of one site."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.core.desk.ticket import Ticket
from agent.core.desk.watch import Watch
from checks.core.model import Layer

_NEARER = "uptime"  # of two blocking failures at one layer, the one of this kind is the cause


def explain(live: Iterable[Ticket]) -> dict[str, str]:
    """Return the parent's ref of each ticket that another one explains.

    Only a blocking ticket explains, and only what lies at a higher layer: below HTTP all checks of the same host, at
    HTTP and CONTENT those of the same address. Of two blocking tickets at one layer of one place, uptime's explains
    the other. The result depends on the set of tickets alone, never on the order in which they came, and every parent
    is the root: it has none itself.
    """
    tickets = sorted((_Placed.of(ticket) for ticket in live), key=lambda placed: placed.order)
    causes = [placed for placed in tickets if placed.ticket.finding.blocks]
    parents: dict[str, str] = {}
    for placed in tickets:
        cause = next((cause for cause in causes if cause.explains(placed)), None)
        if cause is not None:
            parents[placed.ticket.ref] = cause.ticket.ref
    return parents


def doubtful(live: Iterable[Ticket], suspicions: Iterable[Ticket]) -> frozenset[str]:
    """Return the refs of the tickets that something merely suspected would explain, if it came true."""
    causes = [_Placed.of(ticket) for ticket in suspicions if ticket.finding.blocks]
    return frozenset(ticket.ref for ticket in live if any(cause.explains(_Placed.of(ticket)) for cause in causes))


def looks_first(kind: str) -> bool:
    """Whether checks of that kind go the whole way to a site, and so may explain what others find there."""
    return kind == _NEARER


def may_explain(watch: Watch, ticket: Ticket) -> bool:
    """Whether a check may yet find what explains a ticket: visitors stopped before the layer where it lies.

    Tickets of its own kind wait for no look of it: while two runs confirmed them it looked too, and would suspect.
    """
    if not looks_first(watch.kind) or looks_first(ticket.kind) or watch.key.site != ticket.key.site:
        return False
    host = _host(watch.target)
    return ticket.finding.layer > Layer.DNS and _reaches(Layer.DNS, host, watch.target, _host(ticket.target), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A ticket with where it lies."""

    ticket: Ticket
    layer: Layer
    host: str
    url: str

    @classmethod
    def of(cls, ticket: Ticket) -> "_Placed":
        return cls(
            ticket=ticket,
            layer=ticket.finding.layer,
            host=_host(ticket.target),
            url=ticket.target,
        )

    @property
    def order(self) -> tuple[int, bool, bool, str, str, str]:
        """Causes first: the lowest layer, then uptime, then a check that bears its kind's name, then by name."""
        key = self.ticket.key
        return (
            self.layer,
            self.ticket.kind != _NEARER,
            key.check != self.ticket.kind,
            key.check,
            key.location,
            self.ticket.ref,
        )

    def explains(self, other: "_Placed") -> bool:
        if not Layer.AGENT < self.layer <= Layer.CONTENT or not self._covers(other):
            return False
        if self.layer < other.layer:
            return True
        return self.layer == other.layer and other.ticket.finding.blocks and self.order < other.order

    def _covers(self, other: "_Placed") -> bool:
        return _reaches(self.layer, self.host, self.url, other.host, other.url)


def hides(ticket: Ticket, target: str) -> bool:
    """Whether visitors of `target` are stopped where this ticket lies: on the same host, or at the same address."""
    return _reaches(ticket.finding.layer, _host(ticket.target), ticket.target, _host(target), target)


def _reaches(layer: Layer, host: str, url: str, other_host: str, other_url: str) -> bool:
    return bool(host) and host == other_host if layer < Layer.HTTP else url == other_url


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:  # an address that names no host
        return ""
