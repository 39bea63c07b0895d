"""Looks that make every rule of the tls check speak, and looks that were cut short."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.core.check import Looking
from checks.net.preload import Preload, Preloaded
from checks.net.tls.failure import Failing, Failure
from checks.net.tls.flight import Speech
from checks.net.tls.hello import Version
from checks.net.tls.suites import Weakness
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import read
from checks.parse.certificates.revocation import Revoked
from checks.tls.chains import chain
from checks.tls.options import Options
from checks.tls.rules import RULES
from checks.tls.seen import (
    Audit,
    Chain,
    Default,
    Endpoint,
    Entry,
    Head,
    Known,
    Listed,
    Look,
    Memory,
    Records,
    Remembered,
    Renewal,
    Seen,
    Step,
    Tlsa,
)
from checks.tls.untested import AUDIT
from tests.checks.harness import Cut, Scenario
from tests.lab.tls import authority
from tests.lab.tls.authority import CLIENT, Issued, Wish, issue, key

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = "acme.test"
SUBJECT = f"{HOST}:443"
ROOT = authority.root(today=NOW)
TRUST = Trust([], [read(ROOT.der)], "harness")
OPTIONS = Options()
LIST = "http://crl.test/"


def middle(**wish: Any) -> Issued:
    return authority.intermediate(ROOT, today=NOW, **wish)


MIDDLE = middle()


def leaf(issuer: Issued | None = MIDDLE, **wish: Any) -> Issued:
    return issue(Wish(**{"dns": [HOST], "subject": HOST, "today": NOW, **wish}), issuer)


def sent(*issued: Issued) -> Chain:
    return chain(tuple(one.der for one in issued), TRUST)


GOOD = leaf()
SOUND = sent(GOOD, MIDDLE)
MODERN = Audit(versions=(Version.TLS12, Version.TLS13))
HSTS = Head(status=200, hsts=("max-age=31536000; includeSubDomains",))
TO_HTTPS = Entry(url=f"http://{HOST}/", steps=(Step(url=f"http://{HOST}/", status=301, leads_to=f"https://{HOST}/"),))


def look(found: Chain | None = SOUND, address: str = "192.0.2.1", **about: Any) -> Look:
    wishes = {"version": "TLS 1.3", "seconds": 0.05, "head": HSTS, "audit": MODERN, **about}
    return Look(address=address, chain=found, **wishes)


def failed(failing: Failing, address: str = "192.0.2.2", **about: Any) -> Look:
    return Look(address=address, failure=Failure(failing=failing, detail=failing.value, **about))


def standing(preload: Preload) -> Preloaded:
    return Preloaded(standing=preload, as_of=NOW)


def seen(*looks: Look, endpoint: dict[str, Any] | None = None, **about: Any) -> Seen:
    found = Endpoint(subject=SUBJECT, host=HOST, port=443, looks=looks or (look(),), **(endpoint or {}))
    wishes = {"entry": TO_HTTPS, "lists": (), "preload": standing(Preload.NO), "records": Records(), **about}
    return Seen(host=HOST, at=NOW, attempt=Looking(number=1), endpoints=(found,), **wishes)


def of_leaf(name: str, *, above: tuple[Issued, ...] = (MIDDLE,), **wish: Any) -> Scenario:
    made = leaf(above[0] if above else None, **wish)
    return Scenario(name=name, seen=seen(look(sent(made, *above))), options=OPTIONS)


def of_look(name: str, *looks: Look, **about: Any) -> Scenario:
    return Scenario(name=name, seen=seen(*looks, **about), options=OPTIONS)


def of_entry(name: str, *steps: Step, **about: Any) -> Scenario:
    return of_look(name, entry=Entry(url=f"http://{HOST}/", steps=steps, **about))


def of_hsts(name: str, *fields: str, **about: Any) -> Scenario:
    return of_look(name, look(head=Head(status=200, hsts=fields)), **about)


def audited(name: str, **audit: Any) -> Scenario:
    return of_look(name, look(version="TLS 1.2", audit=Audit(**{"versions": (Version.TLS12,), **audit})))


def known(**about: Any) -> Memory:
    before = read(GOOD.der)
    wishes = {
        "sha256": "0" * 64, "key": "1" * 64, "issuer": "Another", "not_before": before.not_before,
        "not_after": before.not_after, "covers": (HOST, f"www.{HOST}"), "first": NOW - DAY, "last": NOW - DAY, **about,
    }  # fmt: skip
    return Memory(endpoints=(Remembered(subject=SUBJECT, known=(Known(**wishes),)),))


RSA = key("rsa2048")
LISTED = read(leaf(crl=LIST).der)
_RENEWAL = Renewal(certificate=SOUND.leaf, start=NOW - 3 * DAY, end=NOW - DAY)
_HTTPS = Step(url=f"https://{HOST}/", status=302, leads_to=f"http://{HOST}/x")

SCENARIOS = [
    Scenario(name="nothing wrong", seen=seen(), options=OPTIONS),
    of_leaf("expired", left=-3 * DAY, since=93 * DAY),
    of_leaf("not yet valid", left=90 * DAY, since=-2 * DAY),
    of_leaf("about to expire", left=5 * DAY, since=85 * DAY),
    of_look("wanted back by its issuer", renewals=(_RENEWAL,)),
    of_leaf(
        "not renewed by itself",
        above=(middle(organization="Let's Encrypt"),),
        left=24 * DAY,
        since=66 * DAY,
    ),
    of_leaf("intermediate expired", above=(middle(left=-2 * DAY, since=300 * DAY),)),
    of_leaf("intermediate about to expire", above=(middle(left=20 * DAY, since=300 * DAY),)),
    of_leaf("for another name", dns=["other.test"]),
    of_leaf("for no name", dns=[]),
    of_leaf("signed by itself", above=()),
    of_look(
        "signed by a stranger",
        look(
            sent(
                leaf(authority.intermediate(authority.root("Other", 303), "Stranger", 304)),
                authority.intermediate(authority.root("Other", 303), "Stranger", 304),
            )
        ),
    ),
    of_look("issuer not sent", look(sent(leaf(issuer_url="http://issuer.test/")))),
    of_leaf("issuer that is none", above=(middle(ca=False, path_length=None),)),
    of_leaf("for clients", purposes=[CLIENT]),
    of_look(
        "revoked",
        look(sent(leaf(), MIDDLE)),
        lists=(
            Listed(certificate=read(MIDDLE.der), url=LIST, revoked=Revoked(at=NOW - DAY, reason="superseded")),
            Listed(certificate=SOUND.leaf, url=LIST, problem="unavailable", detail="status 404"),
        ),
    ),
    of_look("list missing", lists=(Listed(certificate=SOUND.leaf, url=LIST, problem="forged"),)),
    of_look("no staple", look(sent(leaf(must_staple=True), MIDDLE), audit=replace(MODERN, stapled=False))),
    of_leaf("weak key", key=key("rsa1024")),
    of_look(
        "weak signature",
        look(sent(leaf(middle(kind="rsa2048", number=228), hash="sha1"), middle(kind="rsa2048", number=228))),
    ),
    of_leaf("unusual key that lives long", key=key("ed25519"), left=800 * DAY),
    audited("old protocols", versions=(Version.SSL3, Version.TLS10, Version.TLS12)),
    of_look("old protocols alone", look(version="TLS 1.0", audit=Audit(versions=(Version.TLS10,)))),
    audited("weak suites", weak=((Weakness.RC4, 0x0005),), static=0x002F, forward=False),
    of_look("in disorder, doubled, with a stranger", look(sent(GOOD, MIDDLE, MIDDLE, issue(Wish(subject="x"))))),
    of_look(
        "root before its child",
        look(sent(GOOD, ROOT, MIDDLE)),
    ),
    of_look("so many certificates", look(sent(GOOD, MIDDLE, *([ROOT] * 12)))),
    of_look("client certificates demanded", look(wants_certificate=True)),
    of_look("two certificates", look(), look(sent(leaf(), MIDDLE), "192.0.2.2")),
    of_look("another by default", endpoint={"default": Default(chain=sent(leaf(dns=["x.test"]), MIDDLE))}),
    Scenario(name="another key and issuer, one name less", seen=seen(), options=OPTIONS, memory=known()),
    of_look("records that forbid", look(sent(leaf(middle(organization="Let's Encrypt")), middle())), records=Records(
        zone="acme.test", issuers=("digicert.com",),
        tlsa=(Tlsa(port=443, usage=3, selector=1, matching=1, data=bytes(32)),),
    )),
    of_look("one address refuses", look(), failed(Failing.REFUSED)),
    of_look("one address is silent", look(), failed(Failing.TIMEOUT, quiet=True)),
    of_look("one address resets", look(), failed(Failing.RESET)),
    of_look("one address alerts", look(), failed(Failing.ALERT, alert="handshake_failure")),
    of_look("one address fails", look(), failed(Failing.FAILED)),
    of_look("no TLS anywhere", failed(Failing.NOT_TLS, speech=Speech.HTTP)),
    of_entry("no way to https", Step(url=f"http://{HOST}/", status=200)),
    of_entry("a way elsewhere", Step(url=f"http://{HOST}/", status=301, leads_to="https://parked.example/")),
    of_entry("a way for the moment", Step(url=f"http://{HOST}/", status=302, leads_to=f"https://{HOST}/")),
    of_entry("a way in circles", Step(url=f"http://{HOST}/", status=301, leads_to=f"http://{HOST}/"), loop=True),
    of_entry("a way back", Step(url=f"http://{HOST}/", status=301, leads_to=f"https://{HOST}/"), _HTTPS),
    of_hsts("no HSTS"),
    of_hsts("short HSTS", "max-age=86400"),
    of_hsts("HSTS off", "max-age=0"),
    of_hsts("HSTS nobody reads", "includeSubDomains"),
    of_hsts("preloaded in vain", "max-age=31536000", preload=standing(Preload.OWN)),
]  # fmt: skip

_FAMILIES = frozenset(rule.family for rule in RULES)
_WEB = frozenset({"http.https_redirect", "http.redirect", "http.hsts"})
_NOTHING_BESIDE: dict[str, Any] = {"entry": None, "lists": None, "preload": None, "records": None}
_LEAF_ONLY = _FAMILIES - _WEB - AUDIT - {"tls.dns", "tls.revocation", "tls.revocation_source", "tls.change"}

CUTS = [
    Cut(
        name="no address was reached at a second port",
        seen=seen(failed(Failing.TIMEOUT), **_NOTHING_BESIDE),
        options=OPTIONS,
        looked_at=frozenset({"tls.connection"}),
    ),
    Cut(
        name="the DNS told nothing",
        seen=seen(endpoint={"complete": False}, **_NOTHING_BESIDE),
        options=OPTIONS,
        looked_at=frozenset({"http.hsts"}),
    ),
    Cut(
        name="one address did not answer",
        seen=seen(look(), failed(Failing.TIMEOUT), **_NOTHING_BESIDE),
        options=OPTIONS,
        looked_at=frozenset({"tls.connection"}),
    ),
    Cut(
        name="only a handshake of another check",
        seen=seen(look(audit=None, head=None, seconds=None), **_NOTHING_BESIDE),
        options=OPTIONS,
        looked_at=_LEAF_ONLY,
    ),
    Cut(
        name="an audit without answers",
        seen=seen(
            look(head=None, audit=Audit(versions=(), unanswered=frozenset({"versions", "weak", "static", "forward"}))),
            **_NOTHING_BESIDE,
        ),
        options=OPTIONS,
        looked_at=(_LEAF_ONLY | AUDIT) - {"tls.proto", "tls.cipher"},
    ),
    Cut(
        name="the way from http not walked and no list to be had",
        seen=seen(lists=(Listed(certificate=SOUND.leaf, url=LIST, problem="unavailable"),), entry=None),
        options=OPTIONS,
        looked_at=_FAMILIES - _WEB - {"tls.revocation", "tls.change"} | {"http.hsts"},
    ),
    Cut(
        name="the way from http met a server in trouble",
        seen=seen(entry=Entry(url=f"http://{HOST}/", steps=(Step(url=f"http://{HOST}/", status=503),))),
        options=OPTIONS,
        looked_at=_FAMILIES - {"http.https_redirect", "http.redirect", "tls.change"},
    ),
    Cut(
        name="a host of which no address could be looked at",
        seen=Seen(
            host=HOST,
            at=NOW,
            attempt=Looking(number=1),
            endpoints=(Endpoint(subject=SUBJECT, host=HOST, port=443, looks=()),),
        ),
        options=OPTIONS,
    ),
]
