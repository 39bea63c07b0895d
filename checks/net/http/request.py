"""Writes a request as it goes on the wire."""

from functools import lru_cache
from typing import Final

from checks.net.http.decode import ENCODINGS
from checks.net.http.exchange import Headers
from checks.parse.urls import Url

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})

Manner = tuple[str, str, bool]  # User-Agent, Cookie field or "", whether to keep the connection


def request_bytes(method: str, url: Url, headers: Headers, body: bytes, manner: Manner) -> bytes:
    """Return a request (RFC 9112, 3) with our own header fields, unless the operator wrote the same one."""
    if not headers and not body and method == "GET":
        return _plain(url.target, url.authority, manner)
    return _written(method, url.target, url.authority, headers, body, manner)


@lru_cache(maxsize=16384)
def _plain(target: str, authority: str, manner: Manner) -> bytes:
    """The same request goes to the same site every minute; none of these holds an operator's secret."""
    return _written("GET", target, authority, (), b"", manner)


def _written(method: str, target: str, authority: str, headers: Headers, body: bytes, manner: Manner) -> bytes:
    fields = _fields(method, authority, headers, body, manner)
    lines = [f"{method} {target} HTTP/1.1", *[f"{name}: {value}" for name, value in fields]]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1:  # nobody adds lines of his own
        head = "\r\n".join([line.replace("\r", " ").replace("\n", " ") for line in lines])
    return f"{head}\r\n\r\n".encode("utf-8", "replace") + body


def request_fields(method: str, url: Url, headers: Headers, body: bytes, manner: Manner) -> Headers:
    """Return the header fields of a request, for those who write it themselves."""
    return _fields(method, url.authority, headers, body, manner)


def _fields(method: str, authority: str, headers: Headers, body: bytes, manner: Manner) -> Headers:
    written = {key.lower() for key, _value in headers}
    ours = [field for field in _ours(method, authority, body, manner) if field[0].lower() not in written]
    return (*ours, *headers)


def _ours(method: str, authority: str, body: bytes, manner: Manner) -> list[tuple[str, str]]:
    user_agent, cookies, keep_alive = manner
    fields = [
        ("Host", authority),
        ("User-Agent", user_agent),
        ("Accept", "*/*"),
        ("Accept-Encoding", ENCODINGS),
        ("Connection", "keep-alive" if keep_alive else "close"),
    ]
    if cookies:
        fields.append(("Cookie", cookies))
    if body or method in _WITH_BODY:
        fields.append(("Content-Length", str(len(body))))
    return fields
