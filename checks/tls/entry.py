"""Follows the way of a visitor who types the bare name: from http:// to where it leads."""

import asyncio
from dataclasses import dataclass

from checks.core.errors import CannotLook
from checks.net.http.client import Ask, Client
from checks.net.http.exchange import Hop, Limits
from checks.net.http.failure import NetFailure, Reason
from checks.net.http.redirects import Step as Request
from checks.net.http.redirects import following, is_redirect
from checks.parse.urls import BadUrl, Url, join, parse
from checks.tls.seen import Entry, Head, Step

MAX_STEPS = 10
SILENCE = 2.0  # seconds
_CLOSED = (Reason.CONNECT_REFUSED, Reason.CONNECT_UNREACHABLE)
_LIMITS = Limits(body=256 * 1024)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The answer of one URL that was already asked over the handshake's own connection."""

    url: Url
    head: Head


async def walk(client: Client, host: str, port: int, deadline: float, known: Known | None) -> Entry:
    """Return every step of the way, as far as it can be walked."""
    authority = f"[{host}]" if ":" in host else host
    url, began = parse(f"http://{authority}:{port}/"), asyncio.get_running_loop().time()
    start, steps, seen = str(url), list[Step](), set[str]()
    while True:
        if str(url) in seen or len(steps) >= MAX_STEPS:
            return Entry(url=start, steps=tuple(steps), loop=True)
        seen.add(str(url))
        if known is not None and url.without_fragment == known.url.without_fragment:
            step, onward = _of_head(url, known.head)
        else:
            ask = Ask(url=url, deadline=deadline, follow=False, limits=_LIMITS, steered=bool(steps))
            try:
                hop = (await client.visit(ask)).last
            except CannotLook as error:  # where it leads cannot be looked at from here
                return Entry(url=start, steps=tuple(steps), problem=str(error))
            if hop.reply is None:
                return _unanswered(start, steps, hop, asyncio.get_running_loop().time() - began)
            step, onward = _of_hop(hop)
        steps.append(step)
        if isinstance(onward, str):
            return Entry(url=start, steps=tuple(steps), problem=onward)
        url = onward


def _unanswered(start: str, steps: list[Step], hop: Hop, waited: float) -> Entry:
    """A port that refuses is closed, and so is one that a firewall keeps silent for long enough."""
    failure = hop.failure
    reason = failure.reason if failure is not None else None
    closed = not steps and (reason in _CLOSED or (reason is Reason.CONNECT_TIMEOUT and waited >= SILENCE))
    return Entry(url=start, steps=tuple(steps), closed=closed, problem=str(failure or "no answer"))


def _of_hop(hop: Hop) -> tuple[Step, Url | str]:
    """One step and where it leads, or why it leads nowhere ("" where it simply ends)."""
    assert hop.reply is not None
    if not is_redirect(hop.reply):
        return Step(url=str(hop.url), status=hop.reply.status), ""
    onward = following(Request(url=hop.url, method="GET", headers=(), body=b""), hop.reply)
    if isinstance(onward, NetFailure):
        return Step(url=str(hop.url), status=hop.reply.status), str(onward)
    return Step(url=str(hop.url), status=hop.reply.status, leads_to=str(onward.url)), onward.url


def _of_head(url: Url, head: Head) -> tuple[Step, Url | str]:
    if head.status not in _REDIRECTS or not head.location:
        return Step(url=str(url), status=head.status), ""
    try:
        onward = join(url, head.location)
    except BadUrl as error:
        return Step(url=str(url), status=head.status), str(error)
    return Step(url=str(url), status=head.status, leads_to=str(onward)), onward
