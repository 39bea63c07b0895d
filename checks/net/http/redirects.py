"""Decides where an answer sends us and what of the request goes along; pure, for here a site steers the agent."""

from dataclasses import dataclass

from checks.net.http.exchange import Headers, Reply
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.parse.urls import BadUrl, Url, join

STATUSES = frozenset({301, 302, 303, 307, 308})
# What tells a server nothing it could misuse; all else an operator wrote stays with the host it was written for.
_HARMLESS = frozenset({"user-agent", "accept", "accept-language", "accept-encoding", "cache-control", "pragma"})
_OF_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-language"})


@dataclass(slots=True, kw_only=True)
class Step:
    """The next request of a visit."""

    url: Url
    method: str
    headers: Headers
    body: bytes


def is_redirect(reply: Reply) -> bool:
    """Whether an answer means to send us on (RFC 9110, 15.4)."""
    return reply.status in STATUSES


def following(step: Step, reply: Reply) -> Step | NetFailure:
    """Return the request that a redirecting answer asks for, or why there is none."""
    location = reply.header("location")
    if location is None or not location.strip():
        return NetFailure(Stage.REDIRECT, Reason.REDIRECT_BAD, f"status {reply.status} without a Location")
    try:
        url = join(step.url, _as_text(location))
    except BadUrl as error:
        return NetFailure(Stage.REDIRECT, Reason.REDIRECT_BAD, f"Location {location[:200]!r}: {error}")
    method, body = _method(step, reply.status)
    headers = step.headers if body == step.body else tuple(h for h in step.headers if h[0].lower() not in _OF_BODY)
    if url.host != step.url.host or downgrades(step.url, url):
        headers = tuple(header for header in headers if header[0].lower() in _HARMLESS)
    return Step(url=url, method=method, headers=headers, body=body)


def downgrades(before: Url, after: Url) -> bool:
    """Whether a step leaves https for http."""
    return before.scheme == "https" and after.scheme == "http"


def _as_text(location: str) -> str:
    """Header bytes come as Latin-1; a Location with UTF-8 in it is read as browsers read it."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return location


def _method(step: Step, status: int) -> tuple[str, bytes]:
    """RFC 9110, 15.4: 303 asks for a GET; 301 and 302 turn a POST into one, as browsers do."""
    if status == 303 and step.method != "HEAD":
        return "GET", b""
    if status in (301, 302) and step.method == "POST":
        return "GET", b""
    return step.method, step.body
