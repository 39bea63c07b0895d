"""Who may ask: the Host header is checked, every answer is fenced in, and what changes something needs the token."""

import base64
import binascii
import ipaddress
import secrets
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FENCE = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
OPEN = frozenset({"/healthz", "/readyz"})  # asked by what has no way to hold a secret; they say nothing of any site
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask for what."""

    hosts: frozenset[str] = frozenset()  # names it answers to beside its addresses, lower case
    token: str = ""  # empty: nothing can be changed over HTTP
    always: bool = False  # reading needs the token too

    def is_host(self, header: str) -> bool:
        """Whether a Host header names us; an address always does, since no name was turned against us with it."""
        name = _without_port(header).lower().rstrip(".")
        return name in self.hosts or name == "localhost" or _is_address(name)

    def is_known(self, authorization: str) -> bool:
        """Whether an Authorization header carries the token: as a bearer, or as the password of any user."""
        scheme, _space, given = authorization.partition(" ")
        match scheme.lower():
            case "bearer":
                offered = given.strip()
            case "basic":
                offered = _password(given)
            case _:
                return False
        return bool(self.token) and secrets.compare_digest(offered.encode(), self.token.encode())


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware around everything that is served."""

    app: ASGIApp
    access: Access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through with the fence around the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refusal or self.app)(scope, receive, _fenced(send))

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        if not self.access.is_host(headers.get("host", "")):
            return PlainTextResponse("unknown host\n", status_code=421)
        if path in OPEN and method in _SAFE:
            return None
        if method in _SAFE and not self.access.always:
            return None
        if self.access.is_known(headers.get("authorization", "")):
            return None
        if not self.access.token:
            return PlainTextResponse("no token is configured: nothing can be changed here\n", status_code=403)
        return PlainTextResponse(
            "the token is missing or wrong\n", status_code=401, headers={"WWW-Authenticate": 'Basic realm="vigie"'}
        )


def _fenced(send: Send) -> Send:
    async def fenced(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in FENCE:
                headers.setdefault(name, value)
        await send(message)

    return fenced


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _password(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
