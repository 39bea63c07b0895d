"""Visits a URL as one check sees the world: its names, its guard, its trust, every hop under one deadline."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from checks.net.http.ask import Ask
from checks.net.http.cookies import Jar
from checks.net.http.engine import Engine, Sent
from checks.net.http.exchange import Handshake, Headers, Heard, Hop, Phases, Reply, Stock, Tried, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.http.redirects import Step, following, is_redirect
from checks.net.http.request import Manner, request_bytes, request_fields
from checks.net.http.route import Route, Router
from checks.net.http.trust import ClientCertificate
from checks.parse.urls import BadUrl, parse

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True, kw_only=True)
class Client:
    """Everything a check fetches goes through one of these; made by `Net.client`."""

    router: Router
    engine: Engine
    ca_file: str = ""
    certificate: ClientCertificate = None  # shown to the target's host alone
    proxy: str = ""
    http2: bool = False
    headers: Headers = ()  # the operator's own
    user_agent: str
    remember: "Remembers" = field(default=lambda _handshake: None)

    async def visit(self, ask: Ask) -> Visit:
        """Fetch and follow; a failure of the network is part of the answer.

        Raises `CannotLook` for faults of ours, and nothing else.
        """
        headers = (*self.headers, *ask.headers) if self.headers or ask.headers else ()
        step = Step(url=ask.url, method=ask.method, headers=headers, body=ask.body)
        hop = await self._hop(step, ask, "", first=True)
        if hop.failure is not None or hop.reply is None or not (ask.follow and is_redirect(hop.reply)):
            return Visit(hops=(hop,), failure=hop.failure)
        return await self._follow(step, hop, hop.reply, ask)

    async def _follow(self, step: Step, hop: Hop, reply: Reply, ask: Ask) -> Visit:
        jar, hops, seen = Jar(), [hop], {(step.method, step.url.without_fragment, "")}
        while True:
            jar.take(step.url, reply)
            onward = self._onward(step, reply, ask, jar, seen, len(hops))
            if isinstance(onward, NetFailure):
                return Visit(hops=tuple(hops), failure=onward)
            step, cookies = onward, jar.header(onward.url)
            seen.add((step.method, step.url.without_fragment, cookies))
            hop = await self._hop(step, ask, cookies, first=False)
            hops.append(hop)
            if hop.failure is not None or hop.reply is None or not is_redirect(hop.reply):
                return Visit(hops=tuple(hops), failure=hop.failure)
            reply = hop.reply

    def _onward(
        self, step: Step, reply: Reply, ask: Ask, jar: Jar, seen: set[tuple[str, str, str]], followed: int
    ) -> Step | NetFailure:
        onward = following(step, reply)
        if isinstance(onward, NetFailure):
            return onward
        if (onward.method, onward.url.without_fragment, jar.header(onward.url)) in seen:
            return NetFailure(Stage.REDIRECT, Reason.REDIRECT_LOOP, f"comes back to {onward.url}")
        if followed > ask.max_redirects:
            return NetFailure(Stage.REDIRECT, Reason.REDIRECT_LIMIT, f"more than {ask.max_redirects} redirects")
        return onward

    async def addresses(self, ask: Ask) -> tuple[str, ...]:
        """Return every address of the first hop that a visit could use; raises `NetFailure` and `CannotLook`."""
        return (await self.router.route(ask.url, ask, first=True)).addresses

    async def _hop(self, step: Step, ask: Ask, cookies: str, *, first: bool) -> Hop:
        router = self.router
        try:
            if self.proxy:
                route = router.by_proxy(step.url, ask, first=first)
            else:
                route = await router.route(step.url, ask, first=first)
        except NetFailure as failure:
            return Hop(url=step.url, method=step.method, failure=failure.with_traceback(None))
        if len(route.addresses) == 1 and not route.refused:
            heard = await self._exchange(step, route.addresses[0], cookies, ask, ask.deadline)
            return _hop(step, route, (_tried(route.addresses[0], heard),), (), heard, proxied=bool(self.proxy))
        if not route.addresses:
            return _refused(step, route)
        return await self._in_turn(step, ask, cookies, route)

    async def _in_turn(self, step: Step, ask: Ask, cookies: str, route: Route) -> Hop:
        """Try one address after the other until one answers; each has its share of the time to be connected."""
        loop = asyncio.get_running_loop()
        tried, heard = list(route.refused), Heard()
        for index, address in enumerate(route.addresses):
            now = loop.time()
            connect_by = now + (ask.deadline - now) / (len(route.addresses) - index)
            heard = await self._exchange(step, address, cookies, ask, connect_by)
            tried.append(_tried(address, heard))
            if heard.reply is not None or step.method not in _REPEATABLE or loop.time() >= ask.deadline:
                break
        used = len(tried) - len(route.refused)
        return _hop(step, route, tuple(tried), route.addresses[used:], heard)

    async def _exchange(self, step: Step, address: str, cookies: str, ask: Ask, connect_by: float) -> Heard:
        keep_alive = ask.keep_alive and step.method in _REPEATABLE
        manner = (self.user_agent, cookies, keep_alive)
        stock = self.proxy or (self.http2 and step.url.scheme == "https")  # HTTP/2 is agreed on within TLS
        heard = await self.engine.fetch(
            Sent(
                url=step.url,
                address=address,
                request=b"" if stock else request_bytes(step.method, step.url, step.headers, step.body, manner),
                stock=self._stock(step, manner) if stock else None,
                head_only=step.method == "HEAD",
                server_name=_server_name(step),
                ca_file=self.ca_file,
                certificate=self.certificate if step.url.host == self.router.guard.host else None,
                connect_by=connect_by,
                deadline=ask.deadline,
                limits=ask.limits,
                wanted=ask.wanted,
                keep_alive=keep_alive,
            )
        )
        if heard.handshake is not None:
            self.remember(heard.handshake)
        return heard

    def _stock(self, step: Step, manner: Manner) -> Stock:
        return Stock(
            method=step.method,
            headers=request_fields(step.method, step.url, step.headers, step.body, manner),
            body=step.body,
            proxy=self.proxy,
            http2=self.http2,
        )


class Remembers(Protocol):
    """Told of each handshake."""

    def __call__(self, handshake: Handshake, /) -> None:
        """Take note."""
        ...


def _server_name(step: Step) -> str:
    """The name for SNI and the certificate: that of the Host field where the operator wrote one."""
    for key, value in step.headers:
        if key.lower() == "host":
            with suppress(BadUrl):
                return parse(f"https://{value}/").host
    return step.url.host


def _tried(address: str, heard: Heard) -> Tried:
    if heard.reply is not None:
        return Tried(address=address)
    took = heard.connect + heard.tls + heard.processing + heard.transfer
    return Tried(address=address, failure=heard.failure, took=took)


def _refused(step: Step, route: Route) -> Hop:
    failure = route.refused[0].failure if route.refused else None
    assert failure is not None
    detail = "; ".join(tried.failure.detail for tried in route.refused if tried.failure)
    return Hop(
        url=step.url,
        method=step.method,
        tried=route.refused,
        complete=route.complete,
        phases=Phases(resolve=route.took),
        failure=NetFailure(failure.stage, failure.reason, detail),
    )


def _hop(
    step: Step,
    route: Route,
    tried: tuple[Tried, ...],
    untried: tuple[str, ...],
    heard: Heard,
    *,
    proxied: bool = False,
) -> Hop:
    return Hop(
        url=step.url,
        method=step.method,
        tried=tried,
        untried=untried,
        lacking=route.lacking,
        complete=route.complete,
        phases=Phases(
            resolve=route.took,
            connect=heard.connect,
            tls=heard.tls,
            processing=heard.processing,
            transfer=heard.transfer,
        ),
        handshake=heard.handshake,
        reply=heard.reply,
        failure=heard.failure,
        proxied=proxied,
    )


__all__ = ["Ask", "Client"]
