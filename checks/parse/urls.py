"""Reads URLs as browsers do, and writes each in one way, so that two spellings of one address are one address."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urljoin

from checks.parse.addresses import ends_in_number, written_address

PORTS: Final = {"http": 80, "https": 443}
MAX_URL = 65536

_PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<slashes>/*)(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)", re.DOTALL
)
_HOSTLESS = re.compile(r"(?:https?:/*|//+)(?:[?#].*)?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_EDGES = "".join(map(chr, range(0x21)))  # C0 controls and space: browsers drop them around a URL
_INSIDE = str.maketrans("", "", "\t\n\r")
# What stays as written; all else is percent-encoded (WHATWG URL, path and query percent-encode sets).
_PATH_SAFE = "!$%&'()*+,-./:;=@[]\\^_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[]\\^_`{|}~"
_FRAGMENT_SAFE = "!#$%&'()*+,-./:;=?@[]\\^_{|}~"


class BadUrl(ValueError):
    """A text that is no http or https URL; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """An absolute http or https URL, normalised."""

    scheme: str
    host: str  # lower-case ASCII; an IPv6 address without brackets
    port: int
    target: str  # path and query, as on a request line
    fragment: str = ""
    userinfo: str = ""  # as written, percent-encoded

    @property
    def authority(self) -> str:
        """The `Host` header: the port only when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        """The URL without user and password."""
        return f"{self.origin}{self.target}" + (f"#{self.fragment}" if self.fragment else "")

    @property
    def without_fragment(self) -> str:
        """What is asked of a server."""
        return f"{self.origin}{self.target}"


@lru_cache(maxsize=16384)
def parse(text: str) -> Url:
    """Read an absolute http or https URL; raises `BadUrl`."""
    return _read(_tidy(text))


def join(base: Url, reference: str) -> Url:
    """Resolve a reference found on the page `base`, as a browser would; raises `BadUrl`."""
    reference = _tidy(reference)
    if _HOSTLESS.fullmatch(reference):
        raise BadUrl("no host")
    if re.match(r"https?:(?!//)", reference, re.IGNORECASE):  # "http:/path" and "http:path" are absolute for browsers
        scheme, _, rest = reference.partition(":")
        same = scheme.lower() == base.scheme and not rest.startswith("/")
        reference = rest if same else f"{scheme}://{rest.lstrip('/')}"
    try:
        return _read(urljoin(base.without_fragment, reference))
    except ValueError as error:
        raise BadUrl(str(error)) from None


def _tidy(text: str) -> str:
    if len(text) > MAX_URL:
        raise BadUrl("longer than 64 KiB")
    text = text.strip(_EDGES).translate(_INSIDE)
    if "\\" in text:  # to browsers a backslash before the query is a slash
        head = text.partition("?")[0].partition("#")[0]
        text = head.replace("\\", "/") + text[len(head) :]
    return text


def _read(text: str) -> Url:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise BadUrl("no scheme")
    scheme = parts["scheme"].lower()
    if scheme not in PORTS:
        raise BadUrl(f"scheme {scheme!r} is neither http nor https")
    userinfo, _, endpoint = parts["authority"].rpartition("@")
    host, port = _endpoint(endpoint, scheme)
    query, hash_, fragment = parts["rest"].partition("#")
    return Url(
        scheme=scheme,
        host=host,
        port=port,
        target=_path(parts["path"]) + quote(_utf8(query), safe=_QUERY_SAFE),
        fragment=quote(_utf8(fragment), safe=_FRAGMENT_SAFE) if hash_ else "",
        userinfo=quote(_utf8(userinfo), safe="!$%&'()*+,-.:;=_~"),
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _endpoint(endpoint: str, scheme: str) -> tuple[str, int]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", endpoint)
    if match is None:
        raise BadUrl(f"no host and port: {endpoint!r}")
    port = int(match[2]) if match[2] else PORTS[scheme]
    if not 0 < port < 65536:
        raise BadUrl(f"no such port: {port}")
    return _host(match[1]), port


def _host(text: str) -> str:
    if not text:
        raise BadUrl("no host")
    if text.startswith("["):
        address = written_address(text)
        if address is None:
            raise BadUrl(f"not an IPv6 address: {text}")
        return address
    name = unquote(text, errors="replace").lower() if "%" in text else text.lower()
    name = (name if name.isascii() else _to_ascii(name)).rstrip(".")
    if ends_in_number(name):
        address = written_address(name)
        if address is None:
            raise BadUrl(f"not an IPv4 address: {name}")
        return address
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise BadUrl(f"not a host name: {text!r}")
    return name


def _to_ascii(name: str) -> str:
    import idna  # its tables cost more than all else here, and few names need them

    try:
        return idna.encode(name, uts46=True, std3_rules=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:  # what IDNA 2008 refuses and browsers show, such as an emoji
        mapped = idna.uts46_remap(name, std3_rules=False)
        return ".".join(_label(label) for label in mapped.split("."))
    except (idna.IDNAError, UnicodeError) as error:
        raise BadUrl(f"not a host name: {name!r}") from error


def _label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _path(path: str) -> str:
    if "/." in path or "/%2e" in path.lower():
        path = _without_dots(path)
    return quote(_utf8(path), safe=_PATH_SAFE) or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, `%2e` counting as a dot as in browsers."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        last = index == len(segments) - 1
        if plain == "..":
            kept = kept[:-1]
        elif plain != ".":
            kept.append(segment)
            continue
        if last:
            kept.append("")
    return "/" + "/".join(kept)
