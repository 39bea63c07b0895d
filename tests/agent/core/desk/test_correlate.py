"""Which ticket explains which: only one that stops visitors, only what lies above it, in whatever order they came."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.desk.correlate import explain, hides
from agent.core.desk.lifecycle import open_ticket
from agent.core.desk.ticket import Ticket
from agent.core.desk.verdict import Began
from agent.core.desk.watch import Watch
from checks.core.model import Finding, Key, Layer, Severity
from tests.agent.kit import BROKEN, DOWN, EXPIRED, EXPIRING, SLOW, at

URL = "https://shop.example/"


def ticket(ref: str, finding: Finding, *, check: str, kind: str = "", target: str = URL) -> Ticket:
    watch = Watch(key=Key(site="shop", check=check), kind=kind or check, target=target)
    return open_ticket(Began(finding=finding, at=at(0)), watch, at(0), at(0), None, ref).ticket


DNS = DOWN.found("uptime", layer=Layer.DNS)
TCP = DOWN.found("uptime", layer=Layer.TCP)
TLS_DOWN = DOWN.found("uptime", layer=Layer.TLS)
HTTP = DOWN.found("uptime")
CONTENT = DOWN.found("uptime", layer=Layer.CONTENT)

UPTIME = "uptime"
OTHER_PAGE = "https://shop.example/panier"
OTHER_HOST = "https://www.example/"


@pytest.mark.parametrize(
    ("cause", "cause_target", "effect", "effect_target", "explained"),
    [
        pytest.param(DNS, URL, EXPIRED, URL, True, id="no-name-explains-tls"),
        pytest.param(TCP, URL, BROKEN, OTHER_PAGE, True, id="no-connection-explains-other-pages-of-the-host"),
        pytest.param(TCP, URL, BROKEN, OTHER_HOST, False, id="no-connection-explains-no-other-host"),
        pytest.param(HTTP, URL, BROKEN, URL, True, id="a-status-explains-the-same-address"),
        pytest.param(HTTP, URL, BROKEN, OTHER_PAGE, False, id="a-status-explains-no-other-page"),
        pytest.param(CONTENT, URL, BROKEN, URL, True, id="an-error-page-explains-the-same-address"),
        pytest.param(HTTP, URL, EXPIRING, URL, False, id="nothing-explains-what-lies-below-it"),
        pytest.param(HTTP, URL, HTTP, URL, False, id="of-two-uptimes-at-http-on-one-address-the-name-decides"),
        pytest.param(TCP, "https://SHOP.example:8443/x", BROKEN, URL, True, id="host-names-compare-without-case"),
        pytest.param(TCP, "", BROKEN, "", False, id="without-a-host-nothing-is-shared"),
        pytest.param(TCP, "http://[broken", BROKEN, "http://[broken", False, id="an-address-without-a-host"),
    ],
)
def test_a_blocking_ticket_explains_what_lies_above(
    cause: Finding, cause_target: str, effect: Finding, effect_target: str, explained: bool
) -> None:
    first = ticket("A", cause, check="uptime", target=cause_target)
    second = ticket(
        "B", effect, check="a-check", kind="links" if effect is not HTTP else "uptime", target=effect_target
    )
    assert (explain([first, second]).get("B") == "A") == (explained or effect is HTTP)


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(EXPIRING.found("shop.example:443"), id="a-minor-tls-ticket"),
        pytest.param(EXPIRED.found("shop.example:443", blocks=False), id="a-grave-one-that-blocks-nobody"),
        pytest.param(DOWN.found("uptime", layer=Layer.DNS, blocks=False), id="a-dns-one-that-blocks-nobody"),
        pytest.param(DOWN.found("uptime", layer=Layer.DEEP), id="what-lies-on-top"),
        pytest.param(DOWN.found("uptime", layer=Layer.AGENT), id="the-agent"),
    ],
)
def test_what_does_not_stop_visitors_hides_nothing(finding: Finding) -> None:
    for other in (ticket("B", HTTP, check="uptime"), ticket("B", BROKEN.found("x"), check="links")):
        assert "B" not in explain([ticket("A", finding, check="tls"), other])


def test_of_two_blocking_tickets_at_one_layer_uptimes_is_the_cause() -> None:
    tickets = [ticket("A", EXPIRED.found("shop.example:443"), check="tls"), ticket("B", TLS_DOWN, check="uptime")]
    assert [explain(order) for order in permutations(tickets)] == [{"A": "B"}, {"A": "B"}]


def test_of_two_uptime_checks_of_one_host_one_is_the_cause() -> None:
    tickets = [
        ticket("A", TCP, check="panier", kind="uptime", target=OTHER_PAGE),
        ticket("B", TCP, check="uptime"),
        ticket("C", TCP, check="agenda", kind="uptime", target=OTHER_PAGE),
    ]
    assert {tuple(sorted(explain(order).items())) for order in permutations(tickets)} == {(("A", "B"), ("C", "B"))}


def test_the_lowest_is_the_cause_of_all() -> None:
    tickets = [
        ticket("A", BROKEN.found("x"), check="links"),
        ticket("B", SLOW.found("uptime"), check="uptime"),
        ticket("C", HTTP, check="uptime"),
        ticket("D", EXPIRED.found("shop.example:443"), check="tls"),
        ticket("E", TCP, check="panier", kind="uptime", target=OTHER_PAGE),
    ]
    assert {tuple(sorted(explain(order).items())) for order in permutations(tickets)} == {
        (("A", "E"), ("B", "E"), ("C", "E"), ("D", "E"))
    }


def test_hides_says_where_visitors_are_stopped() -> None:
    assert hides(ticket("A", TCP, check="uptime"), OTHER_PAGE)
    assert not hides(ticket("A", HTTP, check="uptime"), OTHER_PAGE)


FINDINGS = st.builds(
    lambda rule, layer, blocks, severity: replace(rule.found("x"), layer=layer, blocks=blocks, severity=severity),
    st.sampled_from([DOWN, EXPIRED, BROKEN]),
    st.sampled_from(Layer),
    st.booleans(),
    st.sampled_from(Severity),
)
TICKETS = st.lists(
    st.tuples(
        FINDINGS,
        st.sampled_from(["uptime", "tls", "links", "panier"]),
        st.sampled_from(["uptime", "tls"]),
        st.sampled_from([URL, OTHER_PAGE, OTHER_HOST]),
    ),
    max_size=7,
)


@given(TICKETS, st.randoms(use_true_random=False))
def test_every_parent_is_a_root_whatever_the_order(drawn: list[tuple[Finding, str, str, str]], random: object) -> None:
    tickets = [
        ticket(f"R{number}", finding, check=check, kind=kind, target=target)
        for number, (finding, check, kind, target) in enumerate(drawn)
    ]
    parents = explain(tickets)
    random.shuffle(tickets)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert explain(tickets) == parents
    by_ref = {one.ref: one for one in tickets}
    for child, parent in parents.items():
        assert parent not in parents
        assert by_ref[parent].finding.blocks
        assert by_ref[parent].finding.layer <= by_ref[child].finding.layer
