"""One way a server can behave, and what the check must make of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.lab.http.server import Peer, Script, answering

UP = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`reason` is what the finding must say, "" for healthy; the rule follows from it."""

    name: str
    script: Script
    reason: str = UP
    options: dict[str, Any] = field(default_factory=dict)
    path: str = "/"
    oddity: str = ""  # what a healthy answer must be remarked for

    @property
    def expected(self) -> list[tuple[str, str]]:
        return [(rule_of(self.reason), self.reason)] if self.reason else []


def rule_of(reason: str) -> str:
    """The rule a reason belongs to, as the contract says."""
    if reason.startswith("redirect_"):
        return "uptime.redirect"
    if reason.startswith("keyword_") or reason.endswith("_page") or reason in ("json", "header"):
        return "uptime.content"
    return {"slow": "uptime.slow", "address": "uptime.address", "bot_challenge": "uptime.blocked"}.get(
        reason, "uptime.down"
    )


def says(name: str, answer: bytes, reason: str = UP, oddity: str = "", **options: Any) -> Behaviour:
    """Answer with these bytes, then close."""
    return Behaviour(name=name, script=answering(answer), reason=reason, oddity=oddity, options=options)


def stalls(name: str, answer: bytes, reason: str, **options: Any) -> Behaviour:
    """Answer with these bytes, then keep silent."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)
        await peer.hang()

    return Behaviour(name=name, script=script, reason=reason, options={"timeout": 0.4} | options)


def resets(name: str, answer: bytes, reason: str, **options: Any) -> Behaviour:
    """Answer with these bytes, wait until they are read, then reset."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)
        await asyncio.sleep(0.05)  # a reset overtakes bytes that still lie in the receiver's buffer
        peer.reset()

    return Behaviour(name=name, script=script, reason=reason, options=options)


def drips(name: str, start: bytes, drop: bytes, reason: str, every: float = 0.02, **options: Any) -> Behaviour:
    """Send a drop for ever, so that no single read ever takes long."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(start)
        while not peer.over.is_set() and not peer.writer.transport.is_closing():
            await peer.send(drop)
            await asyncio.sleep(every)

    return Behaviour(name=name, script=script, reason=reason, options={"timeout": 0.4} | options)


def byte_by_byte(name: str, answer: bytes, reason: str = UP, **options: Any) -> Behaviour:
    """Send one byte a packet."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for at in range(len(answer)):
            await peer.send(answer[at : at + 1])
            await asyncio.sleep(0)

    return Behaviour(name=name, script=script, reason=reason, options=options)
