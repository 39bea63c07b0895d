"""Shows a site who we are: headers at once, a digest when it asks, a token fetched and kept until it expires."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, assert_never
from urllib.parse import unquote, urlencode

from checks.core.auth import Basic, Bearer, ClientCertificate, ClientCredentials, Digest, Way
from checks.core.errors import CannotLook
from checks.core.secret import Secret, SecretMissing
from checks.net.http.client import Ask, Client
from checks.net.http.exchange import Hop, Visit
from checks.parse.urls import Url, parse

_EARLY: Final = 30.0  # seconds before its end that a token is no longer used
_LIFE: Final = 300.0  # seconds a token is used when the server does not say how long it lives
_LONGEST: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    until: float


class Tokens:
    """The access tokens of a process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str, str, str], _Token] = {}

    async def token(self, way: ClientCredentials, client: Client, deadline: float) -> str:
        """Return a token, a kept one if it still holds; raises `CannotLook` when the token's server gives none."""
        secret = reveal(way.client_secret)
        key = (way.token_url, way.client_id, secret, way.scope)
        kept = self._kept.get(key)
        if kept is None or kept.until <= self._clock():
            kept = await self._fetch(way, secret, client, deadline)
            self._kept[key] = kept
        return kept.text

    def forget(self, text: str) -> None:
        """Drop a token that was refused."""
        self._kept = {key: token for key, token in self._kept.items() if token.text != text}

    async def _fetch(self, way: ClientCredentials, secret: str, client: Client, deadline: float) -> _Token:
        form = {"grant_type": "client_credentials"} | ({"scope": way.scope} if way.scope else {})
        url = parse(way.token_url)
        visit = await client.visit(
            Ask(
                url=url,
                deadline=deadline,
                method="POST",
                headers=(
                    ("Authorization", _basic(way.client_id, secret)),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("Accept", "application/json"),
                ),
                body=urlencode(form).encode(),
                follow=False,
            )
        )
        return self._read(visit, url)

    def _read(self, visit: Visit, url: Url) -> _Token:
        reply = visit.reply
        if visit.failure is not None or reply is None:
            raise CannotLook("auth", f"no token from {url.host}: {visit.failure}")
        if reply.status != 200:
            raise CannotLook("auth", f"no token from {url.host}: status {reply.status}")
        try:
            answer = json.loads(reply.body)
            text, life = answer["access_token"], answer.get("expires_in", _LIFE)
            seconds = min(float(life), _LONGEST)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CannotLook("auth", f"no token from {url.host}: its answer holds none") from error
        if not isinstance(text, str) or not text.isascii() or not text:
            raise CannotLook("auth", f"no token from {url.host}: its answer holds none")
        return _Token(text=text, until=self._clock() + max(0.0, seconds - _EARLY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A client that visits as somebody."""

    client: Client
    way: Way
    tokens: Tokens
    asks_tokens: Client | None = None  # for the server of tokens, where the way needs one
    secrets: list[str] = field(default_factory=list)  # that went along, for whoever redacts

    async def addresses(self, ask: Ask) -> tuple[str, ...]:
        """Return every address of the first hop that a visit could use."""
        return await self.client.addresses(ask)

    async def visit(self, ask: Ask) -> Visit:
        """Fetch and follow; raises `CannotLook` for faults of ours, a token that cannot be had among them."""
        match self.way:
            case Basic(username=username, password=password):
                return await self.client.visit(_with(ask, _basic(username, self._use(password))))
            case Bearer(token=token):
                return await self.client.visit(_with(ask, f"Bearer {self._use(token)}"))
            case Digest(username=username, password=password):
                return await _digest(self.client, ask, username, self._use(password))
            case ClientCertificate():
                return await self.client.visit(ask)
            case ClientCredentials() as way:
                return await self._by_token(way, ask)
            case _:
                assert_never(self.way)

    def _use(self, secret: Secret) -> str:
        text = reveal(secret)
        self.secrets.append(text)
        return text

    async def _by_token(self, way: ClientCredentials, ask: Ask) -> Visit:
        self._use(way.client_secret)
        token = await self.tokens.token(way, self.asks_tokens or self.client, ask.deadline)
        self.secrets.append(token)
        made = await self.client.visit(_with(ask, f"Bearer {token}"))
        if made.reply is not None and made.reply.status == 401:
            self.tokens.forget(token)  # the second look fetches another
        return made


def certificate(way: Way | None) -> tuple[str, str] | None:
    """Return the files of a client certificate, when that is the way."""
    return (way.certificate, way.key) if isinstance(way, ClientCertificate) else None


def written(url: Url) -> Basic | None:
    """Return the name and password that a URL holds, as `https://name:password@host/`; None for none."""
    name, _, password = url.userinfo.partition(":")
    if not url.userinfo:
        return None
    return Basic(username=unquote(name), password=Secret(text=unquote(password).replace("${", "$${")))


def reveal(secret: Secret) -> str:
    """Return what a secret holds; raises `CannotLook`."""
    try:
        return secret.reveal()
    except SecretMissing as error:
        raise CannotLook("configuration", str(error)) from error


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _with(ask: Ask, authorization: str) -> Ask:
    return replace(ask, headers=(*ask.headers, ("Authorization", authorization)))


async def _digest(client: Client, ask: Ask, username: str, password: str) -> Visit:
    """Ask, and ask again with the answer to the server's riddle (RFC 7616)."""
    first = await client.visit(ask)
    answer = _solved(first.last, username, password, ask)
    if answer is None:
        return first
    second = await client.visit(_with(replace(ask, url=first.last.url, fresh=False), answer))
    return replace(second, hops=(*first.hops[:-1], *second.hops))


def _solved(hop: Hop, username: str, password: str, ask: Ask) -> str | None:
    """Return the Authorization field for a challenge; None when there is none that can be answered."""
    reply = hop.reply
    if reply is None or reply.status != 401 or hop.url.host != ask.url.host:
        return None
    import httpx  # its digest is right about quoting and quality of protection

    request = httpx.Request(hop.method, hop.url.without_fragment)
    challenge = httpx.Response(401, headers=list(reply.headers), request=request)
    flow = httpx.DigestAuth(username, password).auth_flow(request)
    next(flow)
    try:
        solved = flow.send(challenge)
    except (StopIteration, httpx.ProtocolError, LookupError, ValueError, NotImplementedError):
        # There is no digest among the challenges, or one that means nothing.
        return None
    return solved.headers["Authorization"]
