"""Tells a look as a person wants to read it: each chain from the server's certificate up."""

from collections.abc import Iterator
from datetime import datetime

from checks.core.facts import clean_text
from checks.core.telling import Line, Say, line
from checks.core.text import _, choice
from checks.net.tls.hello import Version
from checks.net.tls.suites import suite_name
from checks.parse.certificates.paths import End, Path
from checks.parse.certificates.read import Certificate
from checks.tls.explain_beside import beside
from checks.tls.judge_chain import used_path
from checks.tls.seen import Audit, Chain, Default, Endpoint, Look, Seen

_ENDS = {
    End.TRUSTED: _("leads to a trusted root"),
    End.SELF_SIGNED: _("ends at a self-signed certificate that nobody trusts"),
    End.UNKNOWN: _("ends at an issuer whose certificate is missing"),
}
_FAILINGS = choice(
    "failing",
    _("no handshake"),
    refused=_("the connection is refused"),
    unreachable=_("the address cannot be reached"),
    no_route=_("there is no route to the address"),
    connect_timeout=_("no connection in time"),
    timeout=_("no whole handshake in time"),
    reset=_("the connection is cut"),
    alert=_("the server refuses by an alert"),
    not_tls=_("the server does not speak TLS"),
    no_starttls=_("the server does not offer STARTTLS"),
    too_large=_("the server sends too much"),
)
_FLAWS = choice(
    "flaw",
    _("cannot be read"),
    signature=_("the signature is not by the issuer that was sent"),
    not_ca=_("issued by what is no authority"),
    no_cert_sign=_("issued by a key that may not sign certificates"),
    path_length=_("the chain is longer than an authority allows"),
    name_constraint=_("the name is not one the authority may issue"),
    purpose=_("the authority is not for servers"),
    critical=_("a critical extension that nobody understands"),
)
SHOWN = 4  # names of a certificate


def explain(seen: Seen, say: Say) -> Iterator[Line]:
    """Yield the lines that tell what was seen; nothing is judged."""
    for endpoint in seen.endpoints:
        yield from _endpoint(endpoint, seen, say)
    yield from beside(seen, say)


def _endpoint(endpoint: Endpoint, seen: Seen, say: Say) -> Iterator[Line]:
    yield line(0, endpoint.subject)
    told: dict[Chain, str] = {}
    for look in endpoint.looks:
        yield _met(look, say)
        if look.chain is None:
            continue
        if look.chain in told:
            yield line(2, say("the same chain as {address}", address=told[look.chain]))
        else:
            told[look.chain] = look.address
            yield from _chain(look.chain, seen.at, say)
        if look.audit is not None:
            yield from _audit(look.audit, say)
    if endpoint.default is not None:
        yield line(1, say("without the site's name: {what}", what=_nameless(endpoint.default, endpoint, say)))


def _met(look: Look, say: Say) -> Line:
    """How an address was met."""
    failure = look.failure
    failed = ""
    if failure is not None:
        failed = say(_FAILINGS, failing=failure.failing.value)
        failed += f" ({clean_text(failure.detail, 300)})" if failure.detail else ""
    known = {"version": look.version or say("no session"), "failed": failed, "took": look.seconds}
    what = mark = failed or say("nothing was seen")
    if look.told and failed:
        what = mark = say("{version}, but: {failed}", **known)
    elif look.told and look.seconds is None:
        what = mark = say("{version} (seen by another check)", **known)
    elif look.told:
        what, mark = say("{version} in {took:duration}", **known), look.version
    return line(1, say("{address}: {what}", address=look.address, what=what), f"{look.address} {mark}")


def _nameless(default: Default, endpoint: Endpoint, say: Say) -> str:
    if default.chain is None:
        return say("refused ({why})", why=default.refused)
    leaf = default.chain.leaf
    if any(look.chain and look.chain.leaf == leaf for look in endpoint.looks):
        return say("the same certificate")
    return say("another certificate, “{title}”", title=leaf.title)


def _chain(chain: Chain, at: datetime, say: Say) -> Iterator[Line]:
    path = used_path(chain, at)
    for depth, certificate in enumerate(path.certificates):
        owner = f" ({certificate.organization})" if certificate.organization else ""
        origin = _origin(certificate, chain, path, say)
        head = f"{depth + 1}. {certificate.title}{owner}{origin}"
        yield line(2, head, f"{head} {certificate.sha256}")
        if depth == 0:
            yield line(3, say("for {names}", names=_names(certificate, say)))
        yield _life(certificate, at, say)
        made = {"key": certificate.key.text, "signature": certificate.signature.text}
        yield line(3, say("{key}, signed {signature}, since {day}", **made, day=f"{certificate.not_before:%Y-%m-%d}"))
        if depth == 0:
            yield line(3, f"SHA-256 {certificate.sha256}")
    if others := [one.title for one in dict.fromkeys(chain.sent) if one not in path.certificates]:
        yield line(2, say("also sent, of no use: {titles}", titles=", ".join(others)))
    yield line(2, say(_ENDS[path.end]))
    for fault in path.faults:
        what = f"{fault.certificate.title} {fault.detail}".rstrip()
        yield line(2, f"{say(_FLAWS, flaw=fault.flaw.value)}: {clean_text(what, 300)}")


def _origin(certificate: Certificate, chain: Chain, path: Path, say: Say) -> str:
    if certificate in chain.sent:
        return ""
    if certificate in chain.fetched:
        return f" [{say('not sent; fetched from where its child says')}]"
    return f" [{say('in the store')}]" if path.end is End.TRUSTED else ""


def _life(certificate: Certificate, at: datetime, say: Say) -> Line:
    begins, ends = certificate.not_before, certificate.not_after
    known = {"begins": begins, "ends": ends, "left": (ends - at).total_seconds(), "ago": (at - ends).total_seconds()}
    if ends <= at:
        return line(3, say("EXPIRED {ago:duration} ago, on {ends:instant}", **known), "expired")
    if begins > at:
        return line(3, say("NOT VALID before {begins:instant}", **known))
    return line(3, say("valid until {ends:instant}: {left:duration} left", **known), "valid")


def _names(certificate: Certificate, say: Say) -> str:
    names = (*certificate.dns_names, *certificate.addresses)
    told = clean_text(", ".join(names[:SHOWN]), 300)
    if len(names) > SHOWN:
        return say("{names} and {more} more", names=told, more=len(names) - SHOWN)
    return told or say("no name at all")


def _audit(audit: Audit, say: Say) -> Iterator[Line]:
    old = ", ".join(version.text for version in audit.versions if version < Version.TLS12)
    yield line(2, say("old protocols: {list}", list=old) if old else say("old protocols: none"))
    weak = ", ".join(f"{suite_name(suite)} ({why.value})" for why, suite in audit.weak)
    yield line(2, say("weak suites: {list}", list=weak) if weak else say("weak suites: none"))
    if audit.static:
        says = _("without forward secrecy: {suite}") if audit.forward else _("without forward secrecy: {suite} alone")
        yield line(2, say(says, suite=suite_name(audit.static)))
    if audit.stapled is not None:
        yield line(2, say("OCSP staple: yes") if audit.stapled else say("OCSP staple: no"))
    for other in audit.others:
        shown = {"title": other.leaf.title, "key": other.leaf.key.text}
        yield line(2, say("shown to other clients: {title}, {key}", **shown))
