"""Reads the texts that have a form of their own: addresses, ranges, URLs, ids, time zones, words of a closed set."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from checks.core.model import Severity
from checks.core.options import Form

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BARE_HOST: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[:/].*)?")
_SIZE: Final = re.compile(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([KMGT]?)(i?)B?\s*", re.IGNORECASE)
_USERINFO: Final = re.compile(r"(?<=//)[^/?#\s]*@")
_FRENCH: Final = {
    "critique": Severity.CRITICAL,
    "bloquante": Severity.CRITICAL,
    "bloquant": Severity.CRITICAL,
    "majeure": Severity.MAJOR,
    "majeur": Severity.MAJOR,
    "mineure": Severity.MINOR,
    "mineur": Severity.MINOR,
    "information": Severity.INFO,
}


class Unfit(ValueError):
    """A text that does not have its form; `suggestion` is the text that was probably meant."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


def severity(word: str) -> Severity:
    """Return the severity of an English or French word; raises `Unfit`."""
    plain = word.strip().lower()
    if plain in _FRENCH:
        return _FRENCH[plain]
    found: Severity = member(Severity, plain, severity_words())
    return found


def severity_words() -> list[str]:
    """Every word that a severity may be written as; the French ones are accepted, the English ones are written."""
    return [*(one.value for one in Severity), *_FRENCH]


def member(words: type[Enum], word: str, also: Sequence[str] = ()) -> Any:
    """Return the member of a closed set by its value; raises `Unfit`, with a suggestion from `also` too."""
    try:
        return words(word)
    except ValueError:
        values = [str(one.value) for one in words]
        near = difflib.get_close_matches(word.lower(), [*values, *also], n=1, cutoff=0.5)
        raise Unfit(f"{word!r} is none of {', '.join(values)}", *near) from None


def address(text: str) -> str:
    """Return an IPv4 or IPv6 address in its canonical form."""
    try:
        return str(ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        raise Unfit(f"{text!r} is not an IPv4 or IPv6 address") from None


def network(text: str) -> str:
    """Return a CIDR range in its canonical form; one address is the range of itself."""
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        pass
    try:
        meant = str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise Unfit(f'{text!r} is not a range of addresses such as "10.0.0.0/8"') from None
    raise Unfit(f"{text!r} has bits set after its prefix", meant)


def url(text: str) -> str:
    """Return an absolute http or https URL, with a path."""
    shown = _USERINFO.sub("***@", text)
    if any(letter <= " " or letter == "\x7f" for letter in text):
        raise Unfit(f"{shown!r} holds a space or a control character")
    if _BARE_HOST.fullmatch(text):
        raise Unfit(f"{shown!r} is not a URL", f"https://{shown}")
    try:
        parts = urlsplit(text)
        _usable_port(parts)
    except ValueError as error:
        raise Unfit(f"{shown!r} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unfit(f"{shown!r} is not a URL that starts with https:// or http:// and a host")
    return text if parts.path else parts._replace(path="/").geturl()


def _usable_port(parts: SplitResult) -> None:
    if parts.port == 0:
        raise ValueError("no server listens on port 0")


def identifier(text: str) -> str:
    """Return an id, unchanged: it stands in commands, file names, metrics and addresses."""
    if not _ID.fullmatch(text):
        raise Unfit(f"{text!r} is not an id: 1 to 64 letters, digits, dots, hyphens and underscores, no mark first")
    return text


def zone(text: str) -> ZoneInfo:
    """Return a time zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        pass
    from zoneinfo import available_timezones  # walks the whole database

    near = difflib.get_close_matches(text, available_timezones(), n=1, cutoff=0.6)
    raise Unfit(f'{text!r} is not a time zone such as "Europe/Paris"', *near)


def size(value: object) -> int:
    """Return a number of bytes: a whole number, or a text such as "5MB" or "5MiB"."""
    if type(value) is int and value >= 0:
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unfit('must be a size such as "5MB" or "5MiB"')
    step = 1024.0 if match[3] else 1000.0
    return round(float(match[1]) * step ** " KMGT".index(match[2].upper() or " "))


def path(text: str, folder: Path) -> Path:
    """Return a path, absolute: what is relative starts at the folder of the file that says it."""
    if not text or "\0" in text:
        raise Unfit("must be a path")
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:
        raise Unfit(f"{text!r} names the home of a user who does not exist") from None


TEXTS: Final[dict[Form, Callable[[str], str]]] = {
    Form.ADDRESS: address,
    Form.NETWORK: network,
    Form.URL: url,
    Form.ID: identifier,
}
