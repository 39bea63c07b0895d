"""Endpoints that nothing is wrong with, although tools of the trade complain of many of them."""

import ssl
from collections.abc import Callable
from datetime import timedelta

from tests.lab.ports import free_port
from tests.lab.tls.authority import CLIENT, SERVER, Wish, intermediate, issue, key, root
from tests.lab.tls.servers import (
    HSTS,
    Behaviour,
    Records,
    after_words,
    answer,
    context,
    either,
    plain,
    stapling,
    tls,
)
from tests.lab.tls.thirteen import Thirteen
from tests.lab.tls.world import DAY, Case, Places, World

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
HOUR = timedelta(hours=1)
CASES: list[Case] = []


def healthy(name: str, *remarked: str) -> Callable[[Callable[[World], Behaviour | Places]], None]:
    """A case; what is remarked is told as information, and is no fault."""

    def add(build: Callable[[World], Behaviour | Places]) -> None:
        CASES.append(Case(name=name, build=build, expected=frozenset(remarked)))

    return add


def dated(name: str, life: timedelta, left: timedelta) -> None:
    CASES.append(Case(name=name, build=lambda w: w.https(w.leaf(since=life - left, left=left))))


dated("ninety-days-with-a-third-left", 90 * DAY, 30 * DAY)
dated("forty-seven-days-with-fifteen-left", 47 * DAY, 15 * DAY)
dated("six-days-with-two-left", timedelta(hours=160), 45 * HOUR)
dated("two-hundred-days-with-thirty-one-left", 200 * DAY, 31 * DAY)
dated("a-year-with-thirty-one-left", 365 * DAY, 31 * DAY)
dated("fresh-this-minute", 90 * DAY, 90 * DAY - timedelta(minutes=1))


@healthy("p-256-leaf")
def _(w: World) -> Behaviour:
    return w.https(w.leaf())


@healthy("rsa-2048-leaf")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(key=key("rsa2048")))


@healthy("p-384-leaf-of-an-rsa-authority")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, kind="rsa2048", number=210), key=key("p384")))


@healthy("wildcard")
def _(w: World) -> Behaviour:
    w.host = "www.name.test"
    return w.https(w.leaf(dns=["*.name.test"]))


@healthy("international-name")
def _(w: World) -> Behaviour:
    w.host = "xn--caf-dma.test"
    return w.https(w.leaf())


@healthy("ipv4-address-as-host")
def _(w: World) -> Places:
    w.host = "127.0.0.1"
    return {"127.0.0.1": w.https(w.leaf(dns=[], ips=["127.0.0.1"]))}


@healthy("ipv6-address-as-host")
def _(w: World) -> Places:
    w.host = "::1"
    return {"::1": w.https(w.leaf(dns=[], ips=["::1"]))}


@healthy("tls-1.3-alone")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), versions=(TLS13, TLS13))


@healthy("tls-1.2-alone", "tls.proto.no_tls13")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), versions=(TLS12, TLS12))


@healthy("root-sent-too")
def _(w: World) -> Behaviour:
    leaf = w.leaf()
    return w.https(leaf, *leaf.above)


@healthy("chain-out-of-order", "tls.chain.order")
def _(w: World) -> Behaviour:
    upper = intermediate(w.root, "Upper", 211, path_length=1)
    lower = intermediate(upper, "Lower", 212)
    return w.https(w.leaf(lower), upper, lower)


@healthy("chain-with-a-copy", "tls.chain.duplicate")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), w.middle, w.middle)


@healthy("chain-with-a-stranger", "tls.chain.extra")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), w.middle, intermediate(root("Other", 300), "Stranger", 301))


@healthy("expired-cross-signature-beside-a-good-way")
def _(w: World) -> Behaviour:
    old = root("Old Root", 302, left=-DAY)
    crossed = issue(
        Wish(
            subject="Lab Root", ca=True, usage="ca", purposes=None, key=w.root.key, since=900 * DAY, left=-2 * DAY
        ), old,
    )  # fmt: skip
    return w.https(w.leaf(), w.middle, crossed)


@healthy("self-signed-and-named-as-trusted")
def _(w: World) -> Behaviour:
    alone = issue(Wish(dns=[w.host], key=key(number=20)))
    (w.folder / "ca.pem").write_bytes(alone.pem)
    return tls(context([alone]))


@healthy("revocation-list-without-it")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(crl=w.with_list([12345])))


@healthy("six-day-certificate-whose-list-is-gone")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(crl=w.web.url("/gone.crl"), since=DAY, left=5 * DAY))


@healthy("revocation-list-out-of-date", "tls.revocation.unavailable")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(crl=w.with_list(left=-HOUR, since=2 * HOUR)))


@healthy("revocation-list-forged", "tls.revocation.unavailable")
def _(w: World) -> Behaviour:
    leaf = w.leaf(crl=w.web.url("/forged.crl"))
    w.with_list([leaf.cert.serial_number], "/forged.crl", signer=key(number=21))
    return w.https(leaf)


@healthy("revocation-list-missing", "tls.revocation.unavailable")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(crl=w.web.url("/missing.crl")))


@healthy("must-staple-and-stapled")
def _(w: World) -> Behaviour:
    leaf = w.leaf(must_staple=True)
    by_hand = Records(
        chain=[one.der for one in leaf.chain], versions=[0x0303], suites=[0xC02B], staple=b"an OCSP answer"
    )
    return either(by_hand, w.https(leaf, versions=(TLS12, TLS12)))


@healthy("must-staple-and-stapled-in-tls-1.3-alone")
def _(w: World) -> Behaviour:
    leaf = w.leaf(must_staple=True)
    real = w.https(leaf, versions=(TLS13, TLS13))
    return stapling(Thirteen(leaf=leaf, staple=b"an OCSP answer"), real)


@healthy("client-certificate-asked-for-but-not-needed")
def _(w: World) -> Behaviour:
    made = context(w.leaf().chain, demands=w.root.pem)
    made.verify_mode = ssl.CERT_OPTIONAL
    return tls(made)


@healthy("client-certificate-demanded-as-configured")
def _(w: World) -> Behaviour:
    w.options["client_cert"] = True
    return w.https(w.leaf(), demands=w.root.pem)


@healthy("permanent-redirect-308")
def _(w: World) -> Behaviour:
    w.http = plain(answer(308, ("Location", "https://name.test/elsewhere")))
    return w.https(w.leaf())


@healthy("redirect-to-the-twin-with-www")
def _(w: World) -> Behaviour:
    w.http = plain(answer(301, ("Location", "https://www.name.test/")))
    return w.https(w.leaf(dns=["name.test", "www.name.test"]))


@healthy("nobody-on-port-80", "http.https_redirect.missing")
def _(w: World) -> Behaviour:
    w.options["http_port"] = free_port()
    return w.https(w.leaf())


@healthy("different-but-sound-certificates", "tls.addr.differs")
def _(w: World) -> Places:
    return {
        "127.0.0.1": w.https(w.leaf()),
        "127.0.0.2": w.https(w.leaf(key=key("rsa2048"))),
        "::1": w.https(w.leaf(key=key("p384"))),
    }


@healthy("another-certificate-without-the-name", "tls.sni.default_differs")
def _(w: World) -> Behaviour:
    site = context(w.leaf().chain)
    return tls(context(w.leaf(dns=["default.test"]).chain, by_name={w.host: site}))


@healthy("refuses-who-names-no-site", "tls.sni.default_differs")
def _(w: World) -> Behaviour:
    site = context(w.leaf().chain)
    return tls(context(w.leaf().chain, by_name={w.host: site}, nameless=False))


@healthy("for-servers-and-clients")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(purposes=[SERVER, CLIENT]))


@healthy("without-any-usage-extension")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(usage=None, purposes=None))


@healthy("hsts-first-of-two")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), reply=answer(200, HSTS, ("Strict-Transport-Security", "max-age=0")))


@healthy("hsts-in-odd-spelling")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), reply=answer(200, ("strict-transport-security", ' MAX-AGE="31536000" ; ; other=1 ')))


@healthy("eighty-names")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(dns=[f"n{n}.test" for n in range(80)] + [w.host]))


@healthy("mail-server-behind-starttls")
def _(w: World) -> Behaviour:
    w.options["starttls"] = "smtp"
    w.options["http_port"] = free_port()
    w.options["hsts"] = False
    script = [(b"EHLO", b"250-mail.test\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")]
    return after_words(script, w.https(w.leaf()), b"220 mail.test ESMTP\r\n")


@healthy("a-second-port")
def _(w: World) -> Behaviour:
    behaviour = w.https(w.leaf())
    w.options["ports"] = (w.lab.open(*((address, behaviour) for address in ("127.0.0.1", "127.0.0.2", "::1"))),)
    return behaviour


@healthy("constrained-authority-within-its-bounds")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, permitted=["name.test"])))


@healthy("intermediate-itself-trusted")
def _(w: World) -> Behaviour:
    (w.folder / "ca.pem").write_bytes(w.middle.pem)
    return w.https(w.leaf(), w.middle)


@healthy("server-error-page-without-headers")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), reply=answer(503))


@healthy("a-key-that-browsers-do-not-speak-beside-one-they-do", "tls.key.unusual", "tls.addr.differs")
def _(w: World) -> Places:
    return {"127.0.0.1": w.https(w.leaf()), "127.0.0.2": w.https(w.leaf(key=key("ed25519")))}


@healthy("three-years-of-a-private-authority", "tls.cert.lifetime_long")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(since=30 * DAY, left=850 * DAY))


@healthy("suites-without-forward-secrecy-too", "tls.cipher.no_fs")
def _(w: World) -> Behaviour:
    issued = w.leaf(key=key("rsa2048"))
    return w.https(issued, versions=(TLS12, TLS12), ciphers="ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:@SECLEVEL=0")


@healthy("a-way-to-https-for-the-moment", "http.https_redirect.temporary")
def _(w: World) -> Behaviour:
    w.http = plain(answer(302, ("Location", "https://name.test/elsewhere")))
    return w.https(w.leaf())


@healthy("hsts-of-a-month", "http.hsts.short")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), reply=answer(200, ("Strict-Transport-Security", "max-age=2592000")))


@healthy("a-root-that-expired-beside-one-that-did-not", "tls.chain.expired")
def _(w: World) -> Behaviour:
    """The intermediate is sent twice: as it was, and as it was issued anew."""
    return w.https(w.leaf(), intermediate(w.root, left=-DAY), w.middle)
