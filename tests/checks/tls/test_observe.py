"""What a look does: whose handshakes it uses, when it audits, where it goes and where it must not."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from agent.texts import speaker
from checks.core.model import Job, Key, Observed, Outcome, Presence, Unobserved
from checks.core.run import run
from checks.net import Net, open_net
from checks.net.http.exchange import Handshake
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.tls import CHECK
from checks.tls.explain import explain
from checks.tls.options import Options
from checks.tls.seen import Memory, Remembered
from tests.lab.ports import free_port
from tests.lab.tls import faulty, healthy
from tests.lab.tls.authority import Issued, intermediate, revocation_list, scope
from tests.lab.tls.servers import (
    HSTS,
    Behaviour,
    Lab,
    Records,
    answer,
    context,
    either,
    hang,
    open_lab,
    plain,
    tls,
)
from tests.lab.tls.world import ADDRESSES, Case, Opened, World, open_case

NOW = datetime.now(UTC)
KEY_COMPROMISE = x509.ReasonFlags.key_compromise


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with open_lab() as opened:
        yield opened


@pytest.fixture
async def world(lab: Lab, tmp_path: Path) -> World:
    return World(lab=lab, folder=tmp_path)


class Counted:
    """Counts the connections to a behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self.count = 0

    async def __call__(self, connection: Any) -> None:
        self.count += 1
        await self._behaviour(connection)


def opened(world: World, behaviour: Behaviour, *addresses: str) -> Opened:
    places = dict.fromkeys(addresses or ("127.0.0.1",), behaviour)
    return open_case(Case(name="x", build=lambda _w: places), world, 3.0)


async def look(found: Opened, net: Net, memory: Memory | None = None, **about: Any) -> Outcome:
    job = Job(
        key=Key(site="s", check="tls"),
        id="1",
        kind="tls",
        target=found.target,
        options=found.options,
        memory=memory,
        recheck_wait=0,
        timeout=3.0,
    )
    return await run(replace(job, **about), CHECK, net)


def noted(net: Net, found: Opened, leaf: Issued, address: str = "127.0.0.1", **about: Any) -> None:
    """Another check has shaken this address."""
    port = int(found.target.rsplit(":", 1)[1].rstrip("/"))
    chain = tuple(one.der for one in leaf.chain)
    wishes = {"chain": chain, "version": "TLSv1.3", **about}
    net.handshakes.note(Handshake(host="name.test", port=port, address=address, **wishes))


def audited(found: Opened, ago: timedelta = timedelta(hours=1), **about: Any) -> Memory:
    subject = found.target.removeprefix("https://").rstrip("/")
    return Memory(endpoints=(Remembered(subject=subject, audited=datetime.now(UTC) - ago, **about),))


def rules(outcome: Outcome) -> set[str]:
    assert isinstance(outcome.answer, Observed), outcome.answer
    return {finding.rule.id for finding in outcome.answer.findings}


def remembered(outcome: Outcome) -> Memory:
    assert isinstance(outcome.answer, Observed)
    assert isinstance(outcome.answer.memory, Memory)
    return outcome.answer.memory


EXPIRED = NetFailure(Stage.TLS, Reason.TLS_EXPIRED, "certificate has expired")
BROKEN = NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, "broken")


@pytest.mark.parametrize(
    ("about", "connections"),
    [
        pytest.param({}, 0, id="a-fresh-handshake-is-enough"),
        pytest.param({"failure": EXPIRED}, 0, id="also-one-that-the-certificate-failed"),
        pytest.param({"chain": ()}, 1, id="nor-one-without-a-chain"),
        pytest.param({"failure": BROKEN}, 1, id="nor-one-that-broke"),
    ],
)
async def test_the_handshakes_of_others(world: World, about: dict[str, Any], connections: int) -> None:
    leaf = world.leaf()
    server = Counted(world.https(leaf))
    found = opened(world, server)
    async with open_net() as net:
        noted(net, found, leaf, **about)
        assert rules(await look(found, net, audited(found))) == set()
    assert server.count == connections


@pytest.mark.parametrize(
    ("later", "connections"),
    [
        pytest.param(timedelta(minutes=1), 0, id="a-minute-later-it-is-fresh"),
        pytest.param(timedelta(hours=1), 1, id="an-hour-later-it-is-not"),
        pytest.param(-timedelta(hours=1), 1, id="nor-when-the-clock-was-set-back"),
    ],
)
async def test_how_long_a_handshake_is_fresh(world: World, later: timedelta, connections: int) -> None:
    leaf, moved = world.leaf(), [timedelta()]
    server = Counted(world.https(leaf))
    found = opened(world, server)
    async with open_net(clock=lambda: datetime.now(UTC) + moved[0]) as net:
        noted(net, found, leaf)
        moved[0] = later
        await look(found, net, audited(found, timedelta(hours=2)))
    assert server.count == connections


async def test_only_the_addresses_that_were_not_shaken_are(world: World) -> None:
    leaf = world.leaf()
    servers = {address: Counted(world.https(leaf)) for address in ADDRESSES}
    found = open_case(Case(name="x", build=lambda _w: servers), world, 3.0)
    async with open_net() as net:
        noted(net, found, leaf, "127.0.0.2")
        await look(found, net, audited(found))
    assert {address: server.count for address, server in servers.items()} == {"127.0.0.1": 1, "127.0.0.2": 0, "::1": 1}


async def test_a_second_look_shakes_for_itself(world: World) -> None:
    """The certificate that another check saw expire has been replaced meanwhile."""
    old = world.leaf(since=timedelta(days=90), left=-timedelta(days=1))
    server = Counted(world.https(world.leaf()))
    found = opened(world, server)
    async with open_net() as net:
        noted(net, found, old, failure=EXPIRED)
        outcome = await look(found, net, audited(found))
    assert rules(outcome) == set()
    assert server.count == 1


@pytest.mark.parametrize(
    ("ago", "about", "audits"),
    [
        pytest.param(timedelta(hours=1), {}, False, id="an-hour-after-the-last"),
        pytest.param(timedelta(hours=24), {}, True, id="a-day-after-the-last"),
        pytest.param(timedelta(minutes=14), {"unsound": True}, False, id="a-quarter-of-an-hour-is-not-over"),
        pytest.param(timedelta(minutes=16), {"unsound": True}, True, id="the-last-one-found-something"),
        pytest.param(-timedelta(hours=1), {}, True, id="the-clock-was-set-back"),
    ],
)
async def test_when_an_audit_is_due(world: World, ago: timedelta, about: dict[str, Any], audits: bool) -> None:
    found = opened(world, world.https(world.leaf()))
    async with open_net() as net:
        outcome = await look(found, net, audited(found, ago, **about))
    subject = found.target.removeprefix("https://").rstrip("/")
    assert (outcome.presence("tls.proto", subject) is Presence.ABSENT) is audits
    assert (outcome.presence("http.hsts", "name.test") is Presence.ABSENT) is audits


async def test_an_audit_may_be_turned_off(world: World) -> None:
    world.options["audit"] = False
    found = opened(world, world.https(world.leaf(), reply=answer(200)))
    async with open_net() as net:
        outcome = await look(found, net)
    assert rules(outcome) == set()


async def test_a_look_at_some_subjects_looks_at_no_other_port(world: World) -> None:
    behaviour = world.https(world.leaf())
    other = Counted(behaviour)
    second = world.lab.open(("127.0.0.1", other))
    world.options["ports"] = (second,)
    server = Counted(behaviour)
    found = opened(world, server)
    async with open_net() as net:
        await look(found, net, only=frozenset({f"name.test:{second}"}))
    assert (server.count, other.count > 0) == (0, True)


async def test_private_addresses_are_left_alone_unless_allowed(world: World) -> None:
    server = Counted(world.https(world.leaf()))
    found = opened(world, server)
    port = found.target.rsplit(":", 1)[1]
    guarded = replace(found, target=f"https://localhost.name.test:{port}", options=Options(timeout=1.0))
    async with open_net() as net:
        outcome = await look(guarded, net)
    assert isinstance(outcome.answer, Unobserved)
    assert server.count == 0


async def test_a_revocation_list_inside_the_house_is_not_fetched(world: World) -> None:
    leaf = world.leaf(crl=world.with_list())
    found = opened(world, world.https(leaf))
    shut = replace(found, options=replace(found.options, allow_private=False))
    async with open_net() as net:
        assert rules(await look(shut, net)) == {"tls.revocation.unavailable"}
        assert rules(await look(found, net)) == {"tls.revocation.unavailable"}  # the failure is kept for a while
    async with open_net() as net:
        assert rules(await look(found, net)) == set()


def narrowed(world: World, path: str, **about: Any) -> dict[str, Any]:
    return {"path": path, "extensions": [scope(world.web.url(path), **about)]}


@pytest.mark.parametrize(
    ("about", "believed"),
    [
        pytest.param({}, True, id="all-it-revoked"),
        pytest.param({"only_contains_user_certs": True}, True, id="all-but-authorities"),
        pytest.param({"only_contains_ca_certs": True}, False, id="authorities-alone"),
        pytest.param({"only_contains_attribute_certs": True}, False, id="attribute-certificates-alone"),
        pytest.param({"indirect_crl": True}, False, id="what-several-authorities-revoked"),
        pytest.param({"only_some_reasons": frozenset({KEY_COMPROMISE})}, False, id="what-it-revoked-for-one-reason"),
    ],
)
@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not-listed"])
async def test_whom_a_revocation_list_is_about(
    world: World, about: dict[str, Any], believed: bool, listed: bool
) -> None:
    """A list about others, or about a part, proves neither that a certificate is revoked nor that it is not."""
    leaf = world.leaf(crl=world.web.url("/l.crl"))
    world.with_list([leaf.cert.serial_number] if listed else [], **narrowed(world, "/l.crl", **about))
    found = opened(world, world.https(leaf))
    async with open_net() as net:
        outcome = await look(found, net)
    subject = found.target.removeprefix("https://").rstrip("/")
    assert ("tls.cert.revoked" in rules(outcome)) is (believed and listed)
    assert ("tls.revocation.unavailable" in rules(outcome)) is not believed
    clear = Presence.ABSENT if believed else Presence.UNTESTED
    assert outcome.presence("tls.revocation", subject) is (Presence.PRESENT if believed and listed else clear)


@pytest.mark.parametrize(
    ("about", "believed"),
    [
        pytest.param({"only_contains_ca_certs": True}, True, id="of-authorities"),
        pytest.param({"only_contains_user_certs": True}, False, id="of-all-but-authorities"),
    ],
)
async def test_an_authority_stands_in_lists_of_authorities(world: World, about: dict[str, Any], believed: bool) -> None:
    url = world.web.url("/roots.crl")
    middle = intermediate(world.root, crl=url)
    world.web.serve(
        "/roots.crl", revocation_list(world.root, [middle.cert.serial_number], extensions=[scope(url, **about)])
    )
    async with open_net() as net:
        outcome = await look(opened(world, world.https(world.leaf(middle))), net)
    assert ("tls.cert.revoked" in rules(outcome)) is believed
    assert ("tls.revocation.unavailable" in rules(outcome)) is not believed


async def test_another_part_of_a_split_list_clears_nobody(world: World) -> None:
    """The authority's own list, signed and fresh, but not the one that this certificate would stand in."""
    url = world.web.url("/1.crl")
    world.with_list(path="/1.crl", extensions=[scope(world.web.url("/2.crl"))])
    found = opened(world, world.https(world.leaf(crl=url)))
    async with open_net() as net:
        outcome = await look(found, net)
    subject = found.target.removeprefix("https://").rstrip("/")
    assert "tls.revocation.unavailable" in rules(outcome)
    assert outcome.presence("tls.revocation", subject) is Presence.UNTESTED


async def test_a_trust_file_that_is_not_there_is_no_fault_of_the_site(world: World) -> None:
    found = opened(world, world.https(world.leaf()))
    async with open_net() as net:
        outcome = await look(replace(found, options=replace(found.options, ca_file="/nonexistent/ca.pem")), net)
    assert isinstance(outcome.answer, Unobserved)
    assert outcome.answer.cause == "configuration"


async def test_a_twin_with_its_own_certificate_is_not_lost(world: World) -> None:
    both = world.leaf(dns=["name.test", "www.name.test"])
    alone = context(world.leaf().chain)
    twin = context(world.leaf(dns=["www.name.test"]).chain)
    found = opened(world, tls(context(both.chain)))
    moved = opened(world, tls(context(world.leaf().chain, by_name={"name.test": alone, "www.name.test": twin})))
    lost = opened(world, tls(alone))
    async with open_net() as net:
        memory = remembered(await look(found, net))
        for place, expected in ((moved, set()), (lost, {"tls.san.removed"})):
            options = replace(
                place.options, resolve=(*place.options.resolve, ("www.name.test", ("127.0.0.1",))), audit=False
            )
            subject = place.target.removeprefix("https://").rstrip("/")
            known = replace(memory, endpoints=tuple(replace(one, subject=subject) for one in memory.endpoints))
            outcome = await look(replace(place, options=options), net, known)
            assert rules(outcome) == expected


async def test_a_certificate_that_only_other_clients_see_is_judged_too(world: World) -> None:
    """A server with two certificates, one of which was forgotten."""
    forgotten = world.leaf(since=timedelta(days=90), left=-timedelta(days=1))
    old = Records(chain=[one.der for one in forgotten.chain], versions=[0x0303], suites=[0x009C])
    found = opened(world, either(old, world.https(world.leaf())))
    async with open_net() as net:
        assert "tls.cert.expired" in rules(await look(found, net))


async def test_the_entry_asks_over_the_same_connection_where_it_can(world: World) -> None:
    server = Counted(world.https(world.leaf(), reply=answer(200, HSTS)))
    found = opened(world, server)
    async with open_net() as net:
        await look(found, net)
        audit = server.count
        world.http = plain(answer(200))
        again = opened(world, server)
        await look(again, net, recheck_wait=0)
    assert server.count == audit + 2 * audit  # two looks, since a missing way to https is looked at twice


async def test_a_way_that_leads_away_is_followed_under_the_guard(world: World) -> None:
    inside = Counted(plain(answer(200)))
    port = world.lab.open(("127.0.0.1", inside))
    world.http = plain(answer(302, ("Location", f"http://127.0.0.1:{port}/")))
    found = opened(world, world.https(world.leaf()))
    async with open_net() as net:
        await look(replace(found, options=replace(found.options, allow_private=False)), net)
    assert inside.count == 0


@pytest.mark.parametrize("case", [*faulty.CASES[::9], *healthy.CASES[::7]], ids=lambda case: case.name)
async def test_every_look_can_be_told(world: World, case: Case) -> None:
    found = open_case(case, world, 0.6)
    seen: list[object] = []
    async with open_net() as net:
        job = Job(
            key=Key(site="s", check="tls"),
            id="1",
            kind="tls",
            target=found.target,
            options=found.options,
            recheck_wait=0,
            timeout=2.0,
        )
        await run(job, CHECK, net, witness=seen.append)
    for one in seen:
        lines = list(explain(one, speaker("en")))  # type: ignore[arg-type]
        assert lines
        assert all(line.text.isprintable() for line in lines)


async def test_explaining_shows_the_chain_up_to_its_root(world: World) -> None:
    found = opened(world, world.https(world.leaf(subject="Site", dns=["name.test", "x.test"])))
    seen: list[Any] = []
    async with open_net() as net:
        job = Job(key=Key(site="s", check="tls"), id="1", kind="tls", target=found.target, options=found.options)
        await run(replace(job, recheck_wait=0), CHECK, net, witness=seen.append)
    text = "\n".join(line.text for line in explain(seen[0], speaker("en")))
    order = [
        text.index(word) for word in ("1. Site", "for name.test, x.test", "2. Lab Issuing", "3. Lab Root", "trusted")
    ]
    assert order == sorted(order)
    assert "[in the store]" in text


async def test_a_port_that_is_listed_and_refuses(world: World) -> None:
    world.options["ports"] = (free_port(),)
    found = opened(world, world.https(world.leaf()))
    async with open_net() as net:
        outcome = await look(found, net)
    assert rules(outcome) == {"tls.connect.refused"}


async def test_the_chain_that_something_is_wrong_with_is_kept(world: World) -> None:
    leaf = world.leaf(since=timedelta(days=90), left=-timedelta(days=1))
    found = opened(world, world.https(leaf), *ADDRESSES)
    async with open_net() as net:
        outcome = await look(found, net)
        sound = await look(opened(world, world.https(world.leaf())), net)
    assert isinstance(outcome.answer, Observed)
    (kept,) = outcome.answer.artifacts
    assert (kept.kind, kept.media) == ("chain", "application/pem-certificate-chain")
    assert kept.data == b"".join(one.pem for one in leaf.chain)
    assert isinstance(sound.answer, Observed)
    assert sound.answer.artifacts == ()


class Stalls:
    """Answers the first connections and lets every later one hang."""

    def __init__(self, behaviour: Behaviour, good: int) -> None:
        self._behaviour = behaviour
        self._good = good

    async def __call__(self, connection: Any) -> None:
        self._good -= 1
        await (self._behaviour if self._good >= 0 else hang)(connection)


ENDPOINT = frozenset({"tls.cert.validity", "tls.name", "tls.trust", "tls.strength"})


@pytest.mark.parametrize("good", range(9))
async def test_a_server_that_stalls_at_any_step_ends_nothing_it_did_not_show(world: World, good: int) -> None:
    """Each number of connections that are answered is another place where the look is cut short."""
    found = opened(world, Stalls(world.https(world.leaf()), good))
    subject = found.target.removeprefix("https://").rstrip("/")
    async with open_net() as net:
        outcome = await look(found, net, timeout=0.5)
    if good == 0:
        assert isinstance(outcome.answer, Unobserved)
        assert outcome.answer.cause == "site_unreachable"
        return
    assert rules(outcome) == set()
    assert {outcome.presence(family, subject) for family in ENDPOINT} == {Presence.ABSENT}
    whole = good >= 6  # handshake, three versions, weak suites, static keys
    asked = {outcome.presence(family, subject) for family in ("tls.proto", "tls.cipher")}
    assert asked == {Presence.ABSENT} if whole else Presence.UNTESTED in asked


@pytest.mark.parametrize("what", ["entry", "list", "issuer"])
async def test_what_stalls_beside_the_site_costs_only_itself(world: World, what: str) -> None:
    stalled = world.lab.open(("127.0.0.1", hang))
    wish = {"list": "crl", "issuer": "issuer_url"}.get(what)
    wishes: dict[str, Any] = {wish: f"http://127.0.0.1:{stalled}/x"} if wish else {}
    leaf = world.leaf(**wishes)
    if what == "entry":
        world.http = hang
    found = opened(world, tls(context([leaf])) if what == "issuer" else world.https(leaf))
    async with open_net() as net:
        outcome = await look(found, net, timeout=0.8)
    expected = {"entry": set(), "list": {"tls.revocation.unavailable"}, "issuer": {"tls.chain.incomplete"}}[what]
    assert rules(outcome) == expected
    if what == "entry":
        assert outcome.presence("http.https_redirect", "name.test") is Presence.UNTESTED
        assert outcome.presence("http.redirect", "name.test") is Presence.UNTESTED
    if what == "list":
        subject = found.target.removeprefix("https://").rstrip("/")
        assert outcome.presence("tls.revocation", subject) is Presence.UNTESTED


async def test_a_staple_out_of_sight_is_not_called_missing(world: World) -> None:
    """TLS 1.3 alone, with a key exchange that is not spoken by hand."""
    leaf = world.leaf(must_staple=True)
    made = context(leaf.chain, versions=(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3))
    made.set_ecdh_curve("prime256v1")
    found = opened(world, tls(made))
    async with open_net() as net:
        outcome = await look(found, net)
    assert "tls.staple.missing" not in rules(outcome)
    assert outcome.presence("tls.staple", found.target.removeprefix("https://").rstrip("/")) is Presence.UNTESTED


async def test_a_server_that_hangs_up_on_those_without_a_certificate(world: World) -> None:
    """As servers do that forget to send the alert: TLS 1.3 shows nothing, TLS 1.2 asks in clear."""
    leaf = world.leaf()
    by_hand = Records(chain=[one.der for one in leaf.chain], versions=[0x0303], suites=[0xC02B], demands=True)
    found = opened(world, either(by_hand, world.https(leaf, reply=b"")))
    async with open_net() as net:
        assert rules(await look(found, net)) == {"tls.client_cert_required"}
