"""Asks issuers when they want a certificate replaced: ACME renewal information (RFC 9773), which needs no account."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime

from checks.net.feeds import BadFeed, Feeds, Fetches, Had, Problem, Source, named_after
from checks.parse.certificates.read import Certificate
from checks.tls.issuers import acme_directory
from checks.tls.seen import Chain, Renewal

DAY = 86400.0
KEEP_DIRECTORY = 7 * DAY
KEEP_WINDOW = DAY / 4
MAX_ANSWER = 64 * 1024
WAIT = 5.0  # seconds at most for all of it


async def renewals(
    chains: Iterable[Chain], feeds: Feeds, client: Fetches, deadline: float, directory: str = ""
) -> tuple[Renewal, ...]:
    """Return the windows of the certificates that everybody trusts and whose issuers publish them.

    `directory` stands for the issuers' own. Whatever cannot be had is left out.
    """
    leaves = dict.fromkeys(one.leaf for one in chains if directory or one.paths[0].public)
    asked = (
        _renewal(leaf, directory or acme_directory(leaf.issuer_organization), feeds, client, deadline)
        for leaf in leaves
    )
    return tuple(found for found in await asyncio.gather(*asked) if found is not None)


async def _renewal(leaf: Certificate, directory: str, feeds: Feeds, client: Fetches, deadline: float) -> Renewal | None:
    if not directory or leaf.authority_key_id is None:
        return None
    index = Source(
        name=named_after("acme", directory),
        url=directory,
        keep=KEEP_DIRECTORY,
        max_bytes=MAX_ANSWER,
        verify=_has_service,
    )
    had = await feeds.get(index, client, deadline)
    if not isinstance(had, Had):
        return None
    url = f"{_service(had.data).rstrip('/')}/{certificate_id(leaf)}"
    window = Source(name=named_after("ari", url), url=url, keep=KEEP_WINDOW, max_bytes=MAX_ANSWER, verify=_has_window)
    had = await feeds.get(window, client, deadline)
    if not isinstance(had, Had):
        return None
    start, end, explanation = _window(had.data)
    return Renewal(certificate=leaf, start=start, end=end, explanation=explanation)


def certificate_id(leaf: Certificate) -> str:
    """The name of a certificate in renewal information (RFC 9773, 4.1): issuer's key and serial number, in base 64."""
    serial = leaf.serial.to_bytes(leaf.serial.bit_length() // 8 + 1, "big", signed=True)
    return f"{_base64(leaf.authority_key_id or b'')}.{_base64(serial)}"


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _has_service(data: bytes) -> None:
    if not _service(data):
        raise BadFeed(Problem.UNREADABLE, "the directory names no renewalInfo")


def _service(data: bytes) -> str:
    try:
        found = json.loads(data)
    except ValueError:
        return ""
    url = found.get("renewalInfo", "") if isinstance(found, dict) else ""
    return url if isinstance(url, str) and url.startswith("https://") else ""


def _has_window(data: bytes) -> None:
    try:
        _window(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFeed(Problem.UNREADABLE, f"not renewal information: {error}") from None


def _window(data: bytes) -> tuple[datetime, datetime, str]:
    found = json.loads(data)
    window = found["suggestedWindow"]
    start, end = (datetime.fromisoformat(str(window[name])).astimezone(UTC) for name in ("start", "end"))
    if start >= end:
        raise ValueError("a window that ends before it begins")
    explanation = found.get("explanationURL", "")
    return start, end, explanation if isinstance(explanation, str) else ""
