"""Sites that want to know who asks, and ways that are not direct: five kinds of credentials, proxies, HTTP/2."""

import asyncio
import hashlib
import json
import re
import ssl
from pathlib import Path
from typing import Any

import pytest

from checks.core.auth import Auth, Basic, Bearer, ClientCertificate, ClientCredentials, Digest
from checks.core.model import Outcome, Unobserved
from checks.core.options import BadOption
from checks.core.secret import Secret
from checks.net import Net, open_net
from checks.net.auth import Tokens
from checks.net.resolve import Resolver
from checks.uptime.options import Options
from tests.lab.http.answers import ANSWERS, page
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.behaviour import Behaviour
from tests.lab.http.others import breaking_http2, demanding, over_http2, proxy, speaking_http2
from tests.lab.http.probe import finding, measure, observed, probe, reasons
from tests.lab.http.server import OK, Peer, Script, Server, answering, by_path, redirect, serving

PASSWORD = Secret(text="s3cret-pass")
REFUSED = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: %b\r\nContent-Length: 0\r\n\r\n"


def wanting(field: bytes, challenge: bytes = b"Basic realm=x") -> Script:
    """Answer only to those whose request holds `field`."""

    async def script(peer: Peer) -> None:
        head = await peer.request()
        await peer.send(OK if field in head else REFUSED % challenge)

    return script


def cause(outcome: Outcome) -> str:
    assert isinstance(outcome.answer, Unobserved), outcome.answer
    return outcome.answer.cause


async def test_basic() -> None:
    auth = Auth(basic=Basic(username="vigie", password=PASSWORD))
    async with serving(wanting(b"Authorization: Basic dmlnaWU6czNjcmV0LXBhc3M=\r\n")) as server:
        assert reasons(await probe(server.url(), auth=auth)) == []
        assert reasons(await probe(server.url())) == [("uptime.down", "status")]


async def test_a_name_and_a_password_in_the_address_itself() -> None:
    async with serving(wanting(b"Authorization: Basic dmlnaWU6czNjcmV0JHsvfQ==\r\n")) as server:
        url = server.url().replace("//", "//vigie:s3cret%24%7B%2F%7D@")
        assert reasons(await probe(url)) == []
        refused = await probe(url, expect_status=(204,))
        assert reasons(await probe(url, auth=Auth(bearer=Bearer(token=PASSWORD)))) == [("uptime.down", "status")]
    assert "s3cret" not in str(finding(refused).facts)
    assert "-u '***:***'" in str(finding(refused).fact("curl"))


async def test_bearer() -> None:
    async with serving(wanting(b"Authorization: Bearer s3cret-pass\r\n")) as server:
        assert reasons(await probe(server.url(), auth=Auth(bearer=Bearer(token=PASSWORD)))) == []


async def test_credentials_do_not_follow_to_another_host() -> None:
    async with serving(answering(OK)) as other:
        script = by_path({"/": redirect(other.url(host="elsewhere.acme.example"))})
        async with serving(script) as server:
            resolve = ((HOST, ("127.0.0.1",)), ("elsewhere.acme.example", ("127.0.0.1",)))
            outcome = await probe(server.url(host=HOST), auth=Auth(bearer=Bearer(token=PASSWORD)), resolve=resolve)
        assert reasons(outcome) == []
    assert b"s3cret" in server.heads[0]
    assert b"s3cret" not in other.heads[0]


async def test_credentials_do_not_follow_from_https_to_http(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with (
        serving(answering(OK)) as plain,
        serving(answering(redirect(plain.url(host=HOST))), tls=authority.server()) as server,
    ):
        outcome = await probe(
            server.url(host=HOST, scheme="https"),
            auth=Auth(bearer=Bearer(token=PASSWORD)),
            headers=(("X-Api-Key", PASSWORD),),
            resolve=((HOST, ("127.0.0.1",)),),
            ca_file=authority.file,
        )
    assert reasons(outcome) == [("uptime.redirect", "redirect_downgrade")]
    assert server.heads[0].count(b"s3cret") == 2
    assert b"s3cret" not in plain.heads[0]


async def test_no_secret_reaches_the_ticket() -> None:
    async def echoes(peer: Peer) -> None:
        head = await peer.request()
        await peer.send(page(head, status=b"500 Oops"))

    async with serving(echoes) as server:
        outcome = await probe(server.url(), auth=Auth(bearer=Bearer(token=PASSWORD)))
    kept = b"".join(artifact.data for artifact in observed(outcome).artifacts)
    assert b"GET / HTTP/1.1" in kept
    assert b"s3cret" not in kept
    assert "s3cret" not in str(finding(outcome).facts)
    assert "Authorization: Bearer ***" in str(finding(outcome).fact("curl"))


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_digest(algorithm: str) -> None:
    challenge = f'Digest realm="acme", qop="auth", algorithm={algorithm}, nonce="abc", opaque="xyz"'.encode()

    async def script(peer: Peer) -> None:
        head = (await peer.request()).decode()
        await peer.send(OK if _is_right(head, algorithm) else REFUSED % challenge)

    auth = Auth(digest=Digest(username="vigie", password=PASSWORD))
    async with serving(script) as server:
        outcome = await probe(server.url("/a?b=c"), auth=auth)
    assert reasons(outcome) == []
    assert len(server.heads) == 2
    assert measure(outcome, "probe_http_redirects") == 0


def _is_right(head: str, algorithm: str) -> bool:
    """Compute the response as RFC 7616, 3.4.1 says."""
    fields = dict(re.findall(r'(\w+)="?([^",\r]+)"?', head.partition("Digest ")[2]))
    if "response" not in fields:
        return False
    make = hashlib.md5 if algorithm == "MD5" else hashlib.sha256

    def hashed(text: str) -> str:
        return make(text.encode()).hexdigest()

    who, what = hashed("vigie:acme:s3cret-pass"), hashed("GET:/a?b=c")
    wanted = hashed(f"{who}:abc:{fields['nc']}:{fields['cnonce']}:auth:{what}")
    return bool(fields["response"] == wanted and fields["opaque"] == "xyz")


@pytest.mark.parametrize(
    "challenge", [b"Basic realm=x", b"Digest rubbish", b'Digest realm="a", algorithm=NONE, nonce="b"']
)
async def test_a_digest_that_is_not_asked_for_is_a_401(challenge: bytes) -> None:
    auth = Auth(digest=Digest(username="vigie", password=PASSWORD))
    async with serving(wanting(b"never", challenge)) as server:
        assert reasons(await probe(server.url(), auth=auth)) == [("uptime.down", "status")]


async def test_a_client_certificate(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    context = authority.server()
    authority.ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    client = authority.ca.issue_cert("vigie@acme.example")
    client.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    options: dict[str, Any] = {"ca_file": authority.file, "resolve": ((HOST, ("127.0.0.1",)),)}
    shown = Auth(client_certificate=ClientCertificate(certificate=str(tmp_path / "client.pem")))
    async with serving(answering(OK), tls=context) as server:
        url = server.url(host=HOST, scheme="https")
        assert reasons(await probe(url, auth=shown, **options)) == []
        absent = Auth(client_certificate=ClientCertificate(certificate=str(tmp_path / "none.pem")))
        assert cause(await probe(url, auth=absent, **options)) == "configuration"
    with demanding(context) as port:
        without = await probe(f"https://{HOST}:{port}/", **options)
    assert reasons(without) == [("uptime.down", "tls_handshake")]
    assert "certificate required" in str(finding(without).fact("detail"))


def tokens(server: Server, **more: Any) -> Auth:
    way = ClientCredentials(
        token_url=server.url("/token"), client_id="vigie", client_secret=PASSWORD, scope="read", **more
    )
    return Auth(oauth2=way)


def giving(*answers: bytes) -> Script:
    """Answer each request for a token with the next of these."""
    left = list(answers)

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(left.pop(0) if len(left) > 1 else left[0])

    return script


def token(text: str, seconds: int = 3600) -> bytes:
    body = json.dumps({"access_token": text, "token_type": "Bearer", "expires_in": seconds}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def test_a_token_is_fetched_once_and_used_until_it_expires() -> None:
    async with (
        serving(giving(token("t0ken-one"))) as giver,
        serving(wanting(b"Authorization: Bearer t0ken-one\r\n")) as server,
        open_net() as net,
    ):
        for _ in range(3):
            assert reasons(await probe(server.url(), net=net, auth=tokens(giver))) == []
        assert len(giver.heads) == 1
    assert giver.heads[0].startswith(b"POST /token ")


@pytest.mark.parametrize(
    ("life", "after", "fetched"),
    [
        pytest.param(3600, 3500, 1, id="not-before-its-end"),
        pytest.param(3600, 3571, 2, id="a-little-before-its-end"),
        pytest.param(10, 0, 2, id="not-at-all-when-it-lives-too-short"),
        pytest.param(10**12, 86_400, 2, id="never-longer-than-a-day"),
    ],
)
async def test_a_token_is_fetched_again_when_it_ends(life: int, after: float, fetched: int) -> None:
    clock = [1000.0]
    async with serving(giving(token("t0ken", life))) as giver, serving(wanting(b"Bearer t0ken\r\n")) as server:
        net = Net(resolver=Resolver(), tokens=Tokens(clock=lambda: clock[0]))
        for _ in range(2):
            assert reasons(await probe(server.url(), net=net, auth=tokens(giver))) == []
            clock[0] += after
        assert len(giver.heads) == fetched


async def test_a_refused_token_is_replaced_at_the_second_look() -> None:
    async with (
        serving(giving(token("old"), token("new"))) as giver,
        serving(wanting(b"Authorization: Bearer new\r\n")) as server,
        open_net() as net,
    ):
        outcome = await probe(server.url(), net=net, auth=tokens(giver))
    assert reasons(outcome) == []
    assert len(observed(outcome).attempts) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"",
    ],
    ids=["error", "no-token", "no-json", "silence"],
)
async def test_no_token_says_nothing_about_the_site(answer: bytes) -> None:
    async with serving(giving(answer)) as giver, serving(answering(OK)) as server:
        assert cause(await probe(server.url(), auth=tokens(giver))) == "auth"
    assert server.connections == 0


def test_exactly_one_way() -> None:
    with pytest.raises(BadOption):
        Auth()
    with pytest.raises(BadOption):
        Auth(basic=Basic(username="a", password=PASSWORD), bearer=Bearer(token=PASSWORD))


async def test_through_a_proxy(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with proxy(password="Basic dTpw") as way, serving(answering(OK)) as plain:
        through = Secret(text=way.url.replace("//", "//u:p@"))
        outcome = await probe(plain.url(host=HOST), proxy=through)
        assert reasons(outcome) == []
        assert measure(outcome, "probe_ip_protocol") is None
        async with serving(answering(OK), tls=authority.server()) as secure:
            url = secure.url(host=HOST, scheme="https")
            assert reasons(await probe(url, proxy=through, ca_file=authority.file)) == []
            assert reasons(await probe(url, proxy=through)) == [("uptime.down", "tls_untrusted")]
        assert all(HOST in asked for asked in way.asked)


async def test_a_proxy_that_does_not_let_us_or_is_not_there_is_our_fault() -> None:
    url = f"https://{HOST}/"
    async with proxy(password="Basic xxxx") as way:
        assert cause(await probe(url, proxy=Secret(text=way.url))) == "proxy"
    assert cause(await probe(url, proxy=Secret(text="http://127.0.0.1:1"))) == "proxy"
    assert cause(await probe(url, proxy=Secret(text="nonsense"))) == "configuration"


async def test_a_site_that_the_proxy_cannot_reach_is_down() -> None:
    async with proxy(refuses="502 Bad Gateway") as way:
        outcome = await probe(f"https://{HOST}/", proxy=Secret(text=way.url))
    assert reasons(outcome) == [("uptime.down", "connect_unreachable")]


async def test_a_redirect_inwards_is_guarded_through_a_proxy_too() -> None:
    async with proxy() as way, serving(by_path({"/": redirect("http://169.254.169.254/")})) as server:
        outcome = await probe(server.url(host=HOST), proxy=Secret(text=way.url))
    assert reasons(outcome) == [("uptime.redirect", "redirect_guarded")]


BROKEN = [one for one in ANSWERS if one.expected and one.expected[0][0] == "uptime.down"]
HARMLESS = {"hints-without-end"}  # fifty interim answers before a whole page: the library reads on


async def test_no_broken_answer_is_a_success_through_a_proxy_either() -> None:
    gate = asyncio.Semaphore(16)

    async def told(behaviour: Behaviour, way: str) -> tuple[str, bool]:
        async with gate, serving(behaviour.script) as server:
            outcome = await probe(server.url(), **behaviour.options, proxy=Secret(text=way))
        return behaviour.name, all(rule == "uptime.down" for rule, _reason in reasons(outcome) or [("up", "")])

    async with proxy() as way:
        found = dict(await asyncio.gather(*(told(one, way.url) for one in BROKEN if one.name not in HARMLESS)))
    assert [name for name, down in found.items() if not down] == []


async def test_where_nothing_can_agree_on_http2_our_own_engine_asks() -> None:
    """The stock library refuses what every browser shows."""
    async with serving(answering(b"HTTP/1.1 200 OK\nbroken\nContent-Length: 5\n\nhello")) as server:
        assert reasons(await probe(server.url(), http2=True)) == []


async def test_http2(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    options: dict[str, Any] = {"ca_file": authority.file, "resolve": ((HOST, ("127.0.0.1",)),)}
    async with serving(over_http2(b"<p>hello"), tls=speaking_http2(authority.server())) as server, open_net() as net:
        url = server.url(host=HOST, scheme="https")
        outcome = await probe(url, net=net, http2=True, header=(f"x-authority: ^{HOST}",), **options)
        assert reasons(outcome) == []
        assert measure(outcome, "probe_http_version") == 2
        assert measure(outcome, "probe_ssl_earliest_cert_expiry") is not None
    async with serving(answering(OK), tls=authority.server()) as server, open_net() as net:
        assert reasons(await probe(server.url(host=HOST, scheme="https"), net=net, http2=True, **options)) == []
        assert reasons(await probe(server.url(host=HOST, scheme="https"), net=net, **options)) == []


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("ends-short", "bad_http"),
        ("resets-the-stream", "bad_http"),
        ("goes-away", "bad_http"),
        ("closes", "truncated"),
        ("closes-without-a-length", "truncated"),
        ("hangs", "timeout_body"),
    ],
)
async def test_no_part_of_a_page_is_a_success_over_http2(how: str, reason: str, tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with serving(breaking_http2(how), tls=speaking_http2(authority.server())) as server:
        outcome = await probe(
            server.url(host=HOST, scheme="https"),
            http2=True,
            ca_file=authority.file,
            resolve=((HOST, ("127.0.0.1",)),),
            timeout=0.6,
        )
    assert reasons(outcome) == [("uptime.down", reason)]


def test_a_proxy_finds_the_addresses_itself() -> None:
    with pytest.raises(BadOption):
        Options(proxy=Secret(text="http://127.0.0.1:1"), ip_version="each")  # type: ignore[arg-type]
