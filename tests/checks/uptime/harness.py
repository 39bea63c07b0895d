"""What an uptime check can see, for the tests that hold for every check."""

from dataclasses import replace

from checks.core.check import Looking
from checks.net.http.exchange import Hop, Phases, Reply, Tried, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.parse.urls import parse
from checks.uptime.options import IpVersion, Options
from checks.uptime.rules import ADDRESS, CONTENT, SLOW
from checks.uptime.seen import Fault, Reading, Seen
from tests.checks.harness import Cut, Scenario

URL = parse("https://shop.acme.example/")
GOOD = Reply(
    status=200, reason="OK", version="1.1", headers=(("Content-Type", "text/html"),), body=b"<p>Bonjour", wire=10
)
STAGES = {
    "dns": Stage.RESOLVE,
    "connect": Stage.CONNECT,
    "tls": Stage.TLS,
    "timeout": Stage.HEADERS,
    "redirect": Stage.REDIRECT,
}


def hop(
    url: str = str(URL), *, reply: Reply | None = GOOD, failure: NetFailure | None = None, address: str = "192.0.2.7"
) -> Hop:
    return Hop(
        url=parse(url),
        method="GET",
        tried=(Tried(address=address, failure=failure if reply is None else None),),
        phases=Phases(resolve=1_000_000, connect=2_000_000, processing=3_000_000),
        reply=reply,
        failure=failure,
    )


def seen(*visits: Visit, reading: Reading | None = None, seconds: float = 0.2) -> Seen:
    return Seen(
        name="uptime",
        attempt=Looking(number=1),
        visits=visits or (Visit(hops=(hop(),)),),
        reading=reading or Reading(),
        seconds=seconds,
        limit=10.0,
    )


def failed(reason: Reason) -> Seen:
    stage = STAGES.get(reason.partition("_")[0], Stage.BODY)
    failure = NetFailure(stage, reason, "what the machine said")
    reply = GOOD if stage in (Stage.BODY, Stage.REDIRECT) else None
    return seen(Visit(hops=(hop(reply=reply, failure=failure),), failure=failure))


def faulty(reason: str) -> Reading:
    return Reading(faults=(Fault(reason=reason, detail="a mark", facts=(("expected", "Panier"),)),))


REFUSED = NetFailure(Stage.CONNECT, Reason.CONNECT_REFUSED, "Connection refused")
HALF_UP = Hop(
    url=URL,
    method="GET",
    tried=(Tried(address="2001:db8::7", failure=REFUSED), Tried(address="192.0.2.7")),
    reply=GOOD,
)

SCENARIOS = [
    Scenario(name="all-is-well", seen=seen(), options=Options()),
    *(Scenario(name=reason.value, seen=failed(reason), options=Options()) for reason in Reason),
    Scenario(
        name="status-500",
        seen=seen(Visit(hops=(hop(reply=replace(GOOD, status=500, reason="Oops")),))),
        options=Options(),
    ),
    Scenario(
        name="redirected-to-another-owner",
        seen=seen(Visit(hops=(hop(), hop("https://elsewhere.example.org/")))),
        options=Options(),
    ),
    Scenario(
        name="redirected-to-http",
        seen=seen(Visit(hops=(hop(), hop("http://shop.acme.example/")))),
        options=Options(),
    ),
    Scenario(name="half-up", seen=seen(Visit(hops=(HALF_UP,))), options=Options()),
    Scenario(
        name="each-address-one-down",
        seen=seen(
            Visit(hops=(hop(),)),
            Visit(hops=(hop(reply=None, failure=REFUSED, address="192.0.2.8"),), failure=REFUSED),
        ),
        options=Options(ip_version=IpVersion.EACH),
    ),
    *(
        Scenario(
            name=reason,
            seen=seen(reading=faulty(reason)),
            options=Options(contains=("Panier",)),
        )
        for reason in (
            "keyword_missing", "keyword_forbidden", "json", "header", "blank_page", "error_page", "maintenance_page",
            "parked_page",
        )
    ),
    Scenario(name="slow", seen=seen(seconds=5.0), options=Options(slow_after=4.0)),
    Scenario(name="challenged", seen=seen(reading=Reading(challenge="cf-mitigated: challenge")), options=Options()),
]  # fmt: skip

SLOW_AFTER = Options(slow_after=4.0)
AVAILABLE_ONLY = frozenset({"uptime.available"})
CUTS = [
    *(
        Cut(
            name=f"stopped-by-{reason.value}",
            seen=failed(reason),
            options=Options(slow_after=4.0),
            looked_at=AVAILABLE_ONLY,
        )
        for reason in Reason
        if reason not in (Reason.REDIRECT_FOREIGN, Reason.REDIRECT_DOWNGRADE)
    ),
    Cut(
        name="challenged",
        seen=seen(reading=Reading(challenge="cf-mitigated: challenge")),
        options=Options(slow_after=4.0),
    ),
    Cut(
        name="answered-by-one-address-of-three",
        seen=seen(
            Visit(
                hops=(
                    Hop(
                        url=URL,
                        method="GET",
                        tried=(Tried(address="198.51.100.1"),),
                        untried=("2001:db8::7", "192.0.2.8"),
                        reply=GOOD,
                    ),
                )
            )
        ),
        options=Options(slow_after=4.0),
        looked_at=AVAILABLE_ONLY | {CONTENT.family, SLOW.family, "uptime.blocked"},
    ),
    Cut(
        name="without-a-body",
        seen=seen(Visit(hops=(replace(hop(), method="HEAD"),))),
        options=Options(method="HEAD", slow_after=4.0),
        looked_at=AVAILABLE_ONLY | {ADDRESS.family, "uptime.blocked"},
    ),
    Cut(
        name="pattern-without-end",
        seen=seen(reading=Reading(unread="pattern_too_slow")),
        options=Options(slow_after=4.0),
        looked_at=AVAILABLE_ONLY | {SLOW.family, ADDRESS.family, "uptime.blocked"},
    ),
]
