"""Cookies for the length of one visit: sites set one, redirect, and expect it back."""

import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from checks.net.http.exchange import Reply
from checks.parse.domains import registrable
from checks.parse.urls import Url

_MOST = 64  # cookies of one visit
_LONGEST = 8192  # bytes of one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cookie:
    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool

    def goes_to(self, url: Url) -> bool:
        path = url.target.partition("?")[0]
        inside = path == self.path or path.startswith(self.path.rstrip("/") + "/")
        host = url.host == self.domain or (not self.host_only and url.host.endswith("." + self.domain))
        return host and inside and (url.scheme == "https" or not self.secure)


@dataclass(slots=True)
class Jar:
    """The cookies of one visit (RFC 6265, section 5)."""

    _kept: dict[tuple[str, str, str], _Cookie] = field(default_factory=dict)

    def take(self, url: Url, reply: Reply) -> None:
        """Keep, replace or delete what an answer sets."""
        for line in reply.all("set-cookie")[:_MOST]:
            cookie, alive = _read(url, line)
            if cookie is None:
                continue
            key = (cookie.name, cookie.domain, cookie.path)
            if not alive:
                self._kept.pop(key, None)
            elif key in self._kept or len(self._kept) < _MOST:
                self._kept[key] = cookie

    def header(self, url: Url) -> str:
        """The Cookie field for a request to `url`; "" for none."""
        going = [cookie for cookie in self._kept.values() if cookie.goes_to(url)]
        going.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in going)


def _read(url: Url, line: str) -> tuple[_Cookie | None, bool]:
    pair, _, rest = line[:_LONGEST].partition(";")
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        return None, False
    attributes = {k.strip().lower(): v.strip() for k, _, v in (part.partition("=") for part in rest.split(";"))}
    domain = attributes.get("domain", "").lstrip(".").lower()
    if domain and not _may_set(url.host, domain):
        return None, False
    path = attributes.get("path", "")
    cookie = _Cookie(
        name=name.strip(),
        value=value.strip(),
        domain=domain or url.host,
        host_only=not domain,
        path=path if path.startswith("/") else _default_path(url),
        secure="secure" in attributes,
    )
    return cookie, _is_alive(attributes)


def _may_set(host: str, domain: str) -> bool:
    """A host sets cookies for itself and for what it is registered under, never for a public suffix."""
    return host == domain or (host.endswith("." + domain) and registrable(host) == registrable(domain))


def _default_path(url: Url) -> str:
    return url.target.partition("?")[0].rpartition("/")[0] or "/"


def _is_alive(attributes: dict[str, str]) -> bool:
    age = attributes.get("max-age", "")
    if age.lstrip("-").isdigit():
        return int(age[:12]) > 0
    try:
        expires = parsedate_to_datetime(attributes.get("expires", ""))
        return expires.timestamp() > time.time()
    except (ValueError, TypeError, OverflowError):
        return True
