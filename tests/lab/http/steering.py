"""Servers that send us elsewhere, and pages that are not what they should be."""

from typing import Any

from tests.lab.http.answers import GZIP, PAGE, encoded, page
from tests.lab.http.behaviour import UP, Behaviour, says
from tests.lab.http.server import Peer, by_path, redirect

HERE = page()


def leads(name: str, to: str, reason: str = UP, status: int = 302, extra: str = "", **options: Any) -> Behaviour:
    """Redirect `/` there; `/in` is a page."""
    script = by_path({"/": redirect(to, status, extra), "/in": HERE, "/été": HERE, "/%C3%A9t%C3%A9": HERE})
    return Behaviour(name=name, script=script, reason=reason, options=options)


async def wants_its_cookie(peer: Peer) -> None:
    """Redirect to itself until it is shown the cookie it set."""
    head = await peer.request()
    again = redirect("/", extra="Set-Cookie: seen=1; Path=/; HttpOnly\r\n")
    await peer.send(HERE if b"seen=1" in head else again)


async def never_content_with_a_cookie(peer: Peer) -> None:
    head = await peer.request()
    number = head.count(b"seen=") and int(head.split(b"seen=")[1].split(b"\r")[0].split(b";")[0])
    await peer.send(redirect("/", extra=f"Set-Cookie: seen={number + 1}\r\n"))


async def tells_the_method(peer: Peer) -> None:
    """Redirect a POST by 303; be content with the GET that follows only."""
    head = await peer.request()
    if head.startswith(b"POST / "):
        await peer.send(redirect("/in", 303))
    else:
        await peer.send(HERE if head.startswith(b"GET /in ") else page(status=b"405 No"))


async def keeps_the_method(peer: Peer) -> None:
    head = await peer.request()
    if head.startswith(b"POST / "):
        await peer.send(redirect("/in", 307))
    else:
        await peer.send(HERE if head.startswith(b"POST /in ") else page(status=b"405 No"))


async def counts_down(peer: Peer) -> None:
    """Redirect from /N to /N-1; /0 is a page."""
    await peer.request()
    number = int(peer.path.strip("/") or "12")
    await peer.send(HERE if number == 0 else redirect(f"/{number - 1}"))


REDIRECTS = [
    *(leads(f"redirect-{status}", "/in", status=status) for status in (301, 302, 303, 307, 308)),
    leads("redirect-absolute-path-with-dots", "/a/../in"),
    leads("redirect-relative", "in"),
    leads("redirect-with-fragment", "/in#top"),
    leads("redirect-utf-8", "/été"),
    leads("redirect-with-tabs-and-spaces", " \t/in \t"),
    leads("redirect-backslash", "\\in"),
    leads("redirect-to-itself", "/", "redirect_loop"),
    leads("redirect-to-itself-by-fragment", "/#x", "redirect_loop"),
    leads("redirect-empty", "", "redirect_bad"),
    leads("redirect-to-mail", "mailto:a@example.org", "redirect_bad"),
    leads("redirect-to-script", "javascript:alert(1)", "redirect_bad"),
    leads("redirect-to-file", "file:///etc/passwd", "redirect_bad"),
    leads("redirect-to-no-host", "http://", "redirect_bad"),
    leads("redirect-to-a-bad-host", "http://a b.example/", "redirect_bad"),
    leads("redirect-to-a-bad-port", "http://a.example:99999/", "redirect_bad"),
    leads("redirect-too-long", "/" + "a" * 70_000, "redirect_bad"),
    leads("redirect-to-a-dead-port", "http://127.0.0.1:1/", "connect_refused"),
    leads("redirect-to-a-404", "/nowhere", "status"),
    leads("redirect-not-followed", "/in", "status", follow_redirects=False),
    leads("redirect-not-followed-and-expected", "/in", follow_redirects=False, expect_status=(302,)),
    says("redirect-without-location", b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "redirect_bad"),
    Behaviour(name="redirects-12", script=counts_down, reason="redirect_limit", path="/12"),
    Behaviour(name="redirects-10", script=counts_down, path="/10"),
    Behaviour(name="redirects-11", script=counts_down, reason="redirect_limit", path="/11"),
    Behaviour(
        name="redirects-2-of-1", script=counts_down, reason="redirect_limit", path="/2", options={"max_redirects": 1}
    ),
    Behaviour(name="redirect-that-wants-its-cookie", script=wants_its_cookie),
    Behaviour(name="redirect-never-content", script=never_content_with_a_cookie, reason="redirect_limit"),
    Behaviour(name="redirect-303-after-post", script=tells_the_method, options={"method": "POST"}),
    Behaviour(name="redirect-307-after-post", script=keeps_the_method, options={"method": "POST"}),
    Behaviour(
        name="redirect-in-a-circle-of-three",
        script=by_path({"/": redirect("/a"), "/a": redirect("/b"), "/b": redirect("/")}),
        reason="redirect_loop",
    ),
]

GUARDED = [
    leads(f"redirect-to-{name}", f"http://{host}/", "redirect_guarded")
    for name, host in (
        ("a-private-address", "10.0.0.1"),
        ("another-private-address", "192.168.1.1"),
        ("carrier-grade-nat", "100.64.0.1"),
        ("metadata", "169.254.169.254"),
        ("metadata-of-another-cloud", "100.100.100.200"),
        ("metadata-over-ipv6", "[fd00:ec2::254]"),
        ("link-local", "169.254.1.1"),
        ("link-local-over-ipv6", "[fe80::1]"),
        ("another-loopback-address", "127.0.0.2"),
        ("loopback-over-ipv6", "[::1]"),
        ("loopback-in-decimal", "2130706434"),
        ("loopback-in-octal", "0177.0.0.2"),
        ("loopback-in-hexadecimal", "0x7f.0.0.2"),
        ("loopback-in-short", "127.2"),
        ("metadata-in-decimal", "2852039166"),
        ("metadata-in-hexadecimal", "0xa9fea9fe"),
        ("metadata-in-wide-digits", "%EF%BC%91%EF%BC%96%EF%BC%99.254.169.254"),
        ("loopback-mapped", "[::ffff:127.0.0.2]"),
        ("metadata-mapped", "[::ffff:a9fe:a9fe]"),
        ("metadata-through-nat64", "[64:ff9b::a9fe:a9fe]"),
        ("private-through-6to4", "[2002:0a00:0001::]"),
        ("any-address", "0.0.0.0"),
        ("any-address-in-short", "0"),
        ("any-address-over-ipv6", "[::]"),
        ("localhost-by-name", "localhost"),
        ("a-name-under-localhost", "admin.localhost"),
        ("multicast", "224.0.0.1"),
        ("broadcast", "255.255.255.255"),
    )
]

LATIN = "<p>Déjà vu".encode("latin-1")
CONTENT = [
    says("keyword-there", HERE, contains=("page ordinaire",)),
    says("keyword-in-gzip", encoded("gzip", GZIP), contains=("page ordinaire",)),
    says("keyword-missing", HERE, "keyword_missing", contains=("introuvable",)),
    says("one-of-two-keywords-missing", HERE, "keyword_missing", contains=("page ordinaire", "introuvable")),
    says("keyword-forbidden", HERE, "keyword_forbidden", not_contains=("page ordinaire",)),
    says(
        "keyword-in-latin-1", page(LATIN).replace(b"text/html", b"text/html; charset=iso-8859-1"), contains=("Déjà vu",)
    ),
    says("keyword-in-latin-1-undeclared", page(LATIN), contains=("Déjà vu",)),
    says("keyword-in-utf-16", page("<p>Déjà vu".encode("utf-16")), contains=("Déjà vu",)),
    says("keyword-by-meta", page(b'<meta charset="latin1">' + LATIN), contains=("Déjà vu",)),
    says("charset-unknown", page(b"<p>hello").replace(b"text/html", b"text/html; charset=x-none"), contains=("hello",)),
    says(
        "charset-that-is-none",
        page(b"<p>hello").replace(b"text/html", b"text/html; charset=idna"),
        "keyword_missing",
        contains=("\u00e9t\u00e9",),
    ),
    says(
        "charset-undefined",
        page(b"<p>hello").replace(b"text/html", b"text/html; charset=undefined"),
        contains=("hello",),
        matches=("hello",),
    ),
    says("pattern-there", HERE, matches=(r"<title>\w+</title>",)),
    says("pattern-missing", HERE, "keyword_missing", matches=(r"^introuvable$",)),
    says("pattern-forbidden", HERE, "keyword_forbidden", not_matches=(r"Bout\w+",)),
    says("header-there", HERE, header=("content-TYPE",)),
    says("header-empty-is-there", page(PAGE, b"X-Empty:"), header=("X-Empty",)),
    says("header-missing", HERE, "header", header=("X-None",)),
    says("header-matches", HERE, header=("Content-Type: ^text/",)),
    says("header-does-not-match", HERE, "header", header=("Content-Type: json",)),
    says("header-forbidden", HERE, "header", header=("!Content-Type",)),
    says("header-forbidden-in-one-of-two", page(PAGE, b"X-A: good", b"X-A: bad"), "header", header=("!X-A: bad",)),
    says("header-wanted-in-one-of-two", page(PAGE, b"X-A: good", b"X-A: bad"), header=("X-A: good",)),
    says("json-as-wanted", page(b'{"status": "ok"}'), json=("$.status == 'ok'", "!$.error")),
    says("json-otherwise", page(b'{"status": "bad"}'), "json", json=("$.status == 'ok'",)),
    says("json-without-the-key", page(b"{}"), "json", json=("$.status",)),
    says("json-that-is-html", HERE, "json", json=("$.status",)),
    says("json-that-is-nothing", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "json", json=("$.status",)),
    says(
        "challenge", page(status=b"403 No").replace(b"Content-Type", b"cf-mitigated: challenge\r\nX"), "bot_challenge"
    ),
    says("slower-than-allowed", HERE, "slow", slow_after=0.000_001),
]

STEERING: list[Behaviour] = [*REDIRECTS, *GUARDED, *CONTENT]
