"""What is decided of what was seen: the hour, the thresholds, the addresses, what one run leaves untested."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.core.check import Looking
from checks.core.model import Finding, Key, Observed, Outcome, Presence, Severity, SharedKind
from checks.core.run import observed
from checks.net.preload import Preload
from checks.net.tls.failure import Failing
from checks.tls.judge import judge, recheck
from checks.tls.options import Options
from checks.tls.seen import Endpoint, Head, Listed, Memory, Seen
from tests.checks.tls.harness import (
    DAY,
    HOST,
    LIST,
    MIDDLE,
    NOW,
    OPTIONS,
    SOUND,
    SUBJECT,
    failed,
    leaf,
    look,
    seen,
    sent,
    standing,
)

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def judged(found: Seen, options: Options = OPTIONS, memory: Memory | None = None, now: Any = NOW) -> Observed:
    return observed(judge(found, options, memory, now), [])


def rules(found: Seen, options: Options = OPTIONS, now: Any = NOW) -> dict[str, Severity]:
    return {finding.rule.id: finding.severity for finding in judged(found, options, now=now).findings}


def one(found: Seen, rule: str) -> Finding:
    return next(finding for finding in judged(found).findings if finding.rule.id == rule)


def with_leaf(**wish: Any) -> Seen:
    return seen(look(sent(leaf(**wish), MIDDLE)))


@pytest.mark.parametrize(
    ("life", "left", "expected"),
    [
        pytest.param(90 * DAY, -SECOND, {"tls.cert.expired": Severity.CRITICAL}, id="a-second-ago"),
        pytest.param(90 * DAY, timedelta(0), {"tls.cert.expired": Severity.CRITICAL}, id="expires-this-instant"),
        pytest.param(90 * DAY, SECOND, {"tls.cert.expiring": Severity.MAJOR}, id="a-second-left"),
        pytest.param(90 * DAY, 7 * DAY - SECOND, {"tls.cert.expiring": Severity.MAJOR}, id="just-under-seven-days"),
        pytest.param(90 * DAY, 7 * DAY, {"tls.cert.expiring": Severity.MINOR}, id="seven-days-to-the-second"),
        pytest.param(90 * DAY, 22.5 * DAY - SECOND, {"tls.cert.expiring": Severity.MINOR}, id="just-under-a-quarter"),
        pytest.param(90 * DAY, 22.6 * DAY, {}, id="over-a-quarter"),
        pytest.param(47 * DAY, 11.7 * DAY, {"tls.cert.expiring": Severity.MINOR}, id="47-days-under-a-quarter"),
        pytest.param(47 * DAY, 11.8 * DAY, {}, id="47-days-over-a-quarter"),
        pytest.param(47 * DAY, 4.6 * DAY, {"tls.cert.expiring": Severity.MAJOR}, id="47-days-under-a-tenth"),
        pytest.param(160 * HOUR, 39 * HOUR, {"tls.cert.expiring": Severity.MINOR}, id="six-days-under-a-quarter"),
        pytest.param(160 * HOUR, 41 * HOUR, {}, id="six-days-over-a-quarter"),
        pytest.param(160 * HOUR, 15 * HOUR, {"tls.cert.expiring": Severity.MAJOR}, id="six-days-under-a-tenth"),
        pytest.param(365 * DAY, 30 * DAY - SECOND, {"tls.cert.expiring": Severity.MINOR}, id="a-year-under-30-days"),
        pytest.param(365 * DAY, 30 * DAY, {}, id="a-year-with-thirty-days"),
    ],
)
def test_thresholds_are_relative(life: timedelta, left: timedelta, expected: dict[str, Severity]) -> None:
    found = rules(with_leaf(since=life - left, left=left))
    assert {rule: severity for rule, severity in found.items() if rule.startswith("tls.cert.ex")} == expected


def test_thresholds_are_options() -> None:
    options = Options(minor_life=0.9, minor_days=80)
    assert rules(seen(), options) == {"tls.cert.expiring": Severity.MINOR}


def test_expiring_becomes_expired_and_stays_one_anomaly() -> None:
    """A moving clock over one unchanged certificate."""
    found = with_leaf(left=20 * DAY, since=70 * DAY)
    said = []
    for days in (0, 10, 14, 19.9, 20, 25):
        (finding,) = judged(found, now=NOW + days * DAY).anomalies().values()
        said.append((finding.rule.id, finding.severity.value, finding.family, finding.subject))
    assert {(family, subject) for _rule, _severity, family, subject in said} == {("tls.cert.validity", SUBJECT)}
    assert [(rule, severity) for rule, severity, *_ in said] == [
        ("tls.cert.expiring", "minor"),
        ("tls.cert.expiring", "minor"),
        ("tls.cert.expiring", "major"),
        ("tls.cert.expiring", "major"),
        ("tls.cert.expired", "critical"),
        ("tls.cert.expired", "critical"),
    ]


@pytest.mark.parametrize(
    ("ahead", "in_doubt"),
    [
        pytest.param(None, False, id="the-server-does-not-say-what-time-it-is"),
        pytest.param(timedelta(0), False, id="the-server-has-our-time"),
        pytest.param(2 * DAY, True, id="the-server's-clock-makes-it-valid"),
    ],
)
def test_not_yet_valid_needs_a_clock_to_trust(ahead: timedelta | None, in_doubt: bool) -> None:
    head = Head(status=200, hsts=("max-age=31536000",), date=None if ahead is None else NOW + ahead)
    found = seen(look(sent(leaf(since=-DAY, left=90 * DAY), MIDDLE), head=head))
    outcome = whole(judged(found))
    presence = outcome.presence("tls.cert.validity", SUBJECT)
    assert presence is (Presence.UNTESTED if in_doubt else Presence.PRESENT)


def whole(answer: Observed, only: frozenset[str] = frozenset()) -> Outcome:
    return Outcome(id="1", key=Key(site="s", check="tls"), started=NOW, seconds=0.1, only=only, answer=answer)


def test_one_bad_address_is_named_and_shuts_nobody_out() -> None:
    bad = look(sent(leaf(left=-DAY, since=90 * DAY), MIDDLE), "192.0.2.2")
    finding = one(seen(look(), bad), "tls.cert.expired")
    assert finding.fact("address") == "192.0.2.2"
    assert finding.fact("where") == f"{SUBJECT} (192.0.2.2)"
    assert finding.severity is Severity.CRITICAL
    assert not finding.blocks


def test_a_fault_of_every_address_shuts_visitors_out() -> None:
    chain = sent(leaf(left=-DAY, since=90 * DAY), MIDDLE)
    finding = one(seen(look(chain), look(chain, "192.0.2.2")), "tls.cert.expired")
    assert finding.blocks
    assert finding.fact("where") == SUBJECT
    assert finding.fact("addresses") == ("192.0.2.1", "192.0.2.2")


def test_what_sites_share_is_the_certificate_and_the_addresses() -> None:
    chain = sent(leaf(left=-DAY, since=90 * DAY), MIDDLE)
    shares = one(seen(look(chain)), "tls.cert.expired").shares
    assert {(shared.kind, shared.value) for shared in shares} == {
        (SharedKind.CERTIFICATE, chain.leaf.sha256),
        (SharedKind.ADDRESS, "192.0.2.1"),
    }


@pytest.mark.parametrize("private", [False, True])
def test_a_configured_private_authority_makes_distrust_milder(private: bool) -> None:
    found = seen(look(sent(leaf(None))), private_roots=private)
    severity = rules(found)["tls.trust.self_signed"]
    assert severity is (Severity.MAJOR if private else Severity.CRITICAL)


@pytest.mark.parametrize(
    ("days", "severity"),
    [
        pytest.param(0, Severity.INFO, id="the-first-time"),
        pytest.param(2.9, Severity.INFO, id="for-less-than-three-days"),
        pytest.param(3, Severity.MINOR, id="for-three-days"),
    ],
)
def test_a_list_that_stays_away(days: float, severity: Severity) -> None:
    found = seen(lists=(Listed(certificate=SOUND.leaf, url=LIST, problem="unavailable"),))
    memory = Memory(lists_failing=NOW - days * DAY if days else None)
    (finding,) = judged(found, memory=memory).findings
    assert finding.severity is severity
    remembered = judged(found, memory=memory).memory
    assert isinstance(remembered, Memory)
    assert remembered.lists_failing == NOW - days * DAY


def test_a_list_that_comes_back_is_forgotten() -> None:
    found = seen(lists=(Listed(certificate=SOUND.leaf, url=LIST),))
    remembered = judged(found, memory=Memory(lists_failing=NOW - DAY)).memory
    assert isinstance(remembered, Memory)
    assert remembered.lists_failing is None


def test_a_run_without_an_audit_leaves_its_families_untested() -> None:
    outcome = whole(judged(seen(look(audit=None, head=None), entry=None)))
    for family in ("tls.proto", "tls.cipher", "tls.client_cert", "tls.staple"):
        assert outcome.presence(family, SUBJECT) is Presence.UNTESTED
    for family in ("http.hsts", "http.redirect", "http.https_redirect"):
        assert outcome.presence(family, HOST) is Presence.UNTESTED
    assert outcome.presence("tls.cert.validity", SUBJECT) is Presence.ABSENT


def test_an_address_out_of_sight_keeps_everything_open_but_what_it_shows() -> None:
    outcome = whole(judged(seen(look(), failed(Failing.TIMEOUT, quiet=True))))
    assert outcome.presence("tls.connection", SUBJECT) is Presence.PRESENT
    assert outcome.presence("tls.cert.validity", SUBJECT) is Presence.UNTESTED
    assert outcome.presence("tls.proto", SUBJECT) is Presence.UNTESTED


def test_the_audit_is_remembered_and_that_it_found_something() -> None:
    remembered = judged(seen(look(version="TLS 1.2", wants_certificate=True))).memory
    assert isinstance(remembered, Memory)
    (known,) = remembered.endpoints
    assert (known.audited, known.unsound) == (NOW, True)


def test_a_run_without_audit_remembers_the_last_one() -> None:
    first = judged(seen()).memory
    assert isinstance(first, Memory)
    second = judged(seen(look(audit=None, head=None), entry=None), memory=first, now=NOW + HOUR).memory
    assert isinstance(second, Memory)
    assert second.endpoints[0].audited == NOW


@pytest.mark.parametrize(
    ("told", "before", "untested", "after"),
    [
        pytest.param(Preload.OWN, False, False, True, id="in-the-list"),
        pytest.param(Preload.UNKNOWN, True, True, True, id="was-in-it-and-the-list-is-old"),
        pytest.param(Preload.UNKNOWN, False, False, False, id="never-known-to-be-in-it"),
        pytest.param(Preload.NO, True, False, False, id="no-longer-in-it"),
    ],
)
def test_an_old_list_ends_no_ticket_of_it(told: Preload, before: bool, untested: bool, after: bool) -> None:
    """A host known to be preloaded keeps its ticket while no list tells that it left."""
    said = judged(seen(preload=standing(told)), memory=Memory(preloaded=before))
    assert ("preload_list_old" in {one.cause for one in said.untested}) is untested
    assert (whole(said).presence("http.hsts", HOST) is Presence.UNTESTED) is untested
    assert isinstance(said.memory, Memory)
    assert said.memory.preloaded is after


def test_endpoints_not_looked_at_are_not_forgotten() -> None:
    first = judged(seen()).memory
    assert isinstance(first, Memory)
    other = Endpoint(subject=f"{HOST}:8443", host=HOST, port=8443, looks=(look(),), main=False)
    second = judged(replace(seen(), endpoints=(other,)), memory=first).memory
    assert isinstance(second, Memory)
    assert {known.subject for known in second.endpoints} == {SUBJECT, f"{HOST}:8443"}


@pytest.mark.parametrize(
    ("found", "number", "again"),
    [
        pytest.param(with_leaf(left=-DAY, since=90 * DAY), 1, True, id="a-fault-is-looked-at-twice"),
        pytest.param(with_leaf(left=-DAY, since=90 * DAY), 2, False, id="not-thrice"),
        pytest.param(seen(look(version="TLS 1.2")), 1, False, id="what-is-only-told-needs-no-second-look"),
        pytest.param(seen(), 1, False, id="nor-does-nothing"),
    ],
)
def test_when_to_look_again(found: Seen, number: int, again: bool) -> None:
    assert (recheck(judged(found).findings, Looking(number=number)) is not None) is again


def test_measures_stay_when_the_certificate_is_bad() -> None:
    chain = sent(leaf(left=-DAY, since=90 * DAY), MIDDLE)
    measures = {m.name: m.value for m in judged(seen(look(chain))).measures}
    assert measures["tls_not_after_timestamp_seconds"] == chain.leaf.not_after.timestamp()
    assert measures["tls_lifetime_share_left"] == 0
    assert measures["tls_chain_length"] == 2


def test_measures_of_another_port_say_which() -> None:
    second = Endpoint(subject=f"{HOST}:8443", host=HOST, port=8443, looks=(look(),), main=False)
    found = replace(seen(), endpoints=(*seen().endpoints, second))
    labels = {m.labels for m in judged(found).measures if m.name == "tls_chain_length"}
    assert labels == {(), (("port", "8443"),)}
