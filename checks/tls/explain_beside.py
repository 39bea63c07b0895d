"""Tells what was seen beside the handshakes: the way from http, the preload list, revocation, renewal."""

from collections.abc import Iterator

from checks.core.facts import clean_text
from checks.core.telling import Line, Say, line
from checks.core.text import _
from checks.net.preload import Preload
from checks.tls.seen import Entry, Listed, Seen

_STANDINGS = {
    Preload.OWN: _("browsers come by https alone (their preload list of {day})"),
    Preload.ABOVE: _("browsers come by https alone, for the sake of a name above (their preload list of {day})"),
    Preload.NO: _("browsers may come by http (their preload list of {day})"),
    Preload.UNKNOWN: _(
        "whether browsers come by https alone is not known: the preload list of {day} is too old to tell"
    ),
}
_RENEWAL = _("the issuer wants it replaced between {start:instant} and {end:instant}")


def beside(seen: Seen, say: Say) -> Iterator[Line]:
    """Yield the lines of it."""
    if seen.entry is not None:
        yield from _entry(seen.entry, say)
    if seen.preload is not None:
        yield line(0, say(_STANDINGS[seen.preload.standing], day=f"{seen.preload.as_of:%Y-%m-%d}"))
    for one in seen.lists or ():
        yield _listed(one, say)
    for renewal in seen.renewals:
        yield line(0, say(_RENEWAL, start=renewal.start, end=renewal.end))


def _entry(entry: Entry, say: Say) -> Iterator[Line]:
    if entry.closed:
        yield line(0, say("{url}: nobody listens there", url=entry.url))
    for step in entry.steps:
        told = say("{url} answers {status}", url=step.url, status=step.status)
        yield line(0, told + (f" → {step.leads_to}" if step.leads_to else ""))


def _listed(one: Listed, say: Say) -> Line:
    known = {"title": one.certificate.title, "url": one.url}
    if one.problem:
        known |= {"why": clean_text(f"{one.problem}: {one.detail}", 300)}
        return line(0, say("revocation of {title} cannot be told: {why} [{url}]", **known))
    if one.revoked is not None:
        revoked = {"at": one.revoked.at, "reason": one.revoked.reason}
        return line(0, say("{title} was REVOKED on {at:instant} ({reason}) [{url}]", **known, **revoked))
    if one.next_update is None:
        return line(0, say("{title} is not revoked [{url}]", **known))
    return line(
        0, say("{title} is not revoked; list good until {until:instant} [{url}]", **known, until=one.next_update)
    )
