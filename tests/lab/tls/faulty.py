"""Endpoints with faults: one each, then several at once, then one address among good ones."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.lab.ports import free_port
from tests.lab.tls.authority import CLIENT, Issued, Wish, intermediate, issue, key, revocation_list, root
from tests.lab.tls.servers import (
    HSTS,
    Behaviour,
    Records,
    after_words,
    answer,
    context,
    drip,
    either,
    hang,
    plain,
    reset,
    says,
    tls,
)
from tests.lab.tls.world import DAY, Case, Places, World

TLS10, TLS11 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
HOUR = timedelta(hours=1)
CASES: list[Case] = []
Build = Callable[[World], Behaviour | Places]


def faulty(name: str, *expected: str, address: str = "", unobserved: str = "") -> Callable[[Build], None]:
    def add(build: Build) -> None:
        case = Case(name=name, build=build, expected=frozenset(expected), address=address, unobserved=unobserved)
        CASES.append(case)

    return add


def leaf(name: str, *expected: str, **wish: Any) -> None:
    """A case in which only the server's certificate differs."""
    faulty(name, *expected)(lambda w: w.https(w.leaf(**wish)))


def by_hand(w: World, versions: list[int], suites: list[int], issued: Issued | None = None, **made: Any) -> Records:
    chain = [one.der for one in (issued or w.leaf(key=key("rsa2048"))).chain]
    return Records(chain=chain, versions=versions, suites=suites, **made)


def old_beside_new(name: str, *expected: str, versions: list[int], suites: list[int]) -> None:
    """Old questions are answered beside today's."""
    faulty(name, *expected)(lambda w: either(by_hand(w, versions, suites), w.https(w.leaf())))


def old_alone(name: str, *expected: str, versions: list[int], suites: list[int], **made: Any) -> None:
    faulty(name, *expected)(lambda w: by_hand(w, versions, suites, **made))


# Dates
leaf("expired-three-days-ago", "tls.cert.expired", since=93 * DAY, left=-3 * DAY)
leaf("expired-an-hour-ago", "tls.cert.expired", since=90 * DAY, left=-HOUR)
leaf("not-yet-valid", "tls.cert.not_yet_valid", since=-2 * DAY, left=90 * DAY)
leaf("ninety-days-with-twenty-left", "tls.cert.expiring", since=70 * DAY, left=20 * DAY)
leaf("ninety-days-with-three-left", "tls.cert.expiring", since=87 * DAY, left=3 * DAY)
leaf("six-days-with-twelve-hours-left", "tls.cert.expiring", since=148 * HOUR, left=12 * HOUR)
leaf("six-days-with-thirty-hours-left", "tls.cert.expiring", since=130 * HOUR, left=30 * HOUR)
leaf("forty-seven-days-with-four-left", "tls.cert.expiring", since=43 * DAY, left=4 * DAY)
leaf("a-year-with-twenty-nine-days-left", "tls.cert.expiring", since=336 * DAY, left=29 * DAY)


@faulty("renewal-that-did-not-run", "tls.cert.renewal_stalled")
def _(w: World) -> Behaviour:
    acme = intermediate(w.root, "R99", 220, organization="Let's Encrypt")
    return w.https(w.leaf(acme, since=66 * DAY, left=24 * DAY))


@faulty("intermediate-expired", "tls.chain.expired")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, left=-DAY)))


@faulty("root-expired", "tls.chain.expired")
def _(w: World) -> Behaviour:
    w.root = root("Old Lab Root", 103, left=-DAY)
    return w.https(w.leaf(intermediate(w.root)))


@faulty("intermediate-about-to-expire", "tls.chain.expiring")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, left=20 * DAY)))


# Names
leaf("another-name", "tls.name.mismatch", dns=["other.test"])
leaf("wildcard-for-what-is-below", "tls.name.mismatch", dns=["*.name.test"])
leaf("partial-wildcard", "tls.name.mismatch", dns=["n*.test"])
leaf("wildcard-over-a-top-level", "tls.name.mismatch", dns=["*.test"])
leaf("common-name-alone", "tls.name.no_san", dns=[])
leaf("common-name-right-and-alternative-wrong", "tls.name.mismatch", subject="name.test", dns=["other.test"])
leaf("address-where-a-name-is-asked", "tls.name.mismatch", dns=[], ips=["127.0.0.1"])


@faulty("wildcard-two-labels-up", "tls.name.mismatch")
def _(w: World) -> Behaviour:
    w.host = "a.b.name.test"
    return w.https(w.leaf(dns=["*.name.test"]))


@faulty("address-written-as-a-name", "tls.name.mismatch")
def _(w: World) -> Places:
    w.host = "127.0.0.1"
    return {"127.0.0.1": w.https(w.leaf(dns=["127.0.0.1"]))}


@faulty("another-address", "tls.name.mismatch")
def _(w: World) -> Places:
    w.host = "::1"
    return {"::1": w.https(w.leaf(dns=[], ips=["127.0.0.1"]))}


# Trust
@faulty("self-signed", "tls.trust.self_signed")
def _(w: World) -> Behaviour:
    return tls(context([issue(Wish(dns=[w.host], key=key(number=30)))]))


@faulty("root-nobody-knows-sent", "tls.trust.untrusted_root")
def _(w: World) -> Behaviour:
    other = intermediate(root("Other Root", 303), "Other Issuing", 304)
    issued = w.leaf(other)
    return w.https(issued, *issued.above)


@faulty("root-nobody-knows-not-sent", "tls.trust.untrusted_root")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(root("Other Root", 303), "Other Issuing", 304)))


@faulty("root-of-our-name-and-another-key", "tls.trust.untrusted_root")
def _(w: World) -> Behaviour:
    issued = w.leaf(intermediate(root("Lab Root", 305), "Issuing", 306))
    return w.https(issued, *issued.above)


@faulty("intermediate-missing", "tls.chain.incomplete")
def _(w: World) -> Behaviour:
    return tls(context([w.leaf()]))


@faulty("intermediate-missing-and-to-be-fetched", "tls.chain.incomplete")
def _(w: World) -> Behaviour:
    return tls(context([w.leaf(issuer_url=w.web.serve("/issuer.crt", w.middle.der))]))


@faulty("intermediate-missing-and-fetched-as-pem", "tls.chain.incomplete")
def _(w: World) -> Behaviour:
    return tls(context([w.leaf(issuer_url=w.web.serve("/issuer.pem", w.middle.pem))]))


@faulty("intermediate-missing-and-not-where-it-should-be", "tls.chain.incomplete")
def _(w: World) -> Behaviour:
    return tls(context([w.leaf(issuer_url=w.web.url("/gone.crt"))]))


@faulty("intermediate-missing-between-two", "tls.chain.incomplete")
def _(w: World) -> Behaviour:
    upper = intermediate(w.root, "Upper", 221, path_length=1)
    lower = intermediate(upper, "Lower", 222, issuer_url=w.web.serve("/upper.crt", upper.der))
    return w.https(w.leaf(lower), lower)


@faulty("wrong-intermediate-of-the-right-name", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), intermediate(w.root, number=223))


@faulty("issuer-that-is-no-authority", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, ca=False, path_length=None)))


@faulty("issuer-without-the-right-to-sign", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, usage="server")))


@faulty("issuer-for-clients-only", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, purposes=[CLIENT])))


@faulty("path-too-long", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    upper = intermediate(w.root, "Upper", 224, path_length=0)
    return w.https(w.leaf(intermediate(upper, "Lower", 225)))


@faulty("name-out-of-the-authority's-bounds", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, permitted=["other.test"])))


@faulty("name-excluded-by-the-authority", "tls.chain.invalid")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, excluded=["name.test"])))


leaf("critical-extension-nobody-knows", "tls.chain.invalid", critical=True)
leaf("certificate-for-clients", "tls.cert.bad_usage", purposes=[CLIENT])
leaf("certificate-that-may-not-sign-a-handshake", "tls.cert.bad_usage", usage="nothing", key=key("rsa2048"))


# Revocation
@faulty("revoked", "tls.cert.revoked")
def _(w: World) -> Behaviour:
    issued = w.leaf(crl=w.web.url("/revoked.crl"))
    w.with_list([issued.cert.serial_number], "/revoked.crl")
    return w.https(issued)


@faulty("intermediate-revoked", "tls.cert.revoked")
def _(w: World) -> Behaviour:
    middle = intermediate(w.root, crl=w.web.url("/root.crl"))
    w.web.serve("/root.crl", revocation_list(w.root, [middle.cert.serial_number]))
    return w.https(w.leaf(middle))


leaf("must-staple-without-a-staple", "tls.staple.missing", must_staple=True)


@faulty("must-staple-without-a-staple-in-tls-1.3-alone", "tls.staple.missing")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(must_staple=True), versions=(TLS13, TLS13))


# Strength
leaf("rsa-1024", "tls.key.weak", key=key("rsa1024"))


@faulty("intermediate-of-1024-bits", "tls.key.weak")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(intermediate(w.root, kind="rsa1024", number=226)))


def signed(name: str, hash_name: str) -> None:
    @faulty(name, "tls.sig.weak")
    def _(w: World) -> Behaviour:
        w.root = root("RSA Root", 104, kind="rsa2048")
        return w.https(w.leaf(intermediate(w.root, kind="rsa2048", number=227), hash=hash_name))


signed("signed-with-sha-1", "sha1")
signed("signed-with-md5", "md5")


@faulty("intermediate-signed-with-sha-1", "tls.sig.weak")
def _(w: World) -> Behaviour:
    w.root = root("RSA Root", 104, kind="rsa2048")
    return w.https(w.leaf(intermediate(w.root, hash="sha1")))


# Shape
@faulty("twelve-certificates", "tls.chain.oversize")
def _(w: World) -> Behaviour:
    strangers = [intermediate(root("Other", 300), f"Stranger {n}", 301) for n in range(10)]
    return w.https(w.leaf(), w.middle, *strangers)


@faulty("twenty-kilobytes", "tls.chain.oversize")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(dns=[w.host, *(f"a-rather-long-name-{n:04}.elsewhere.test" for n in range(500))]))


@faulty("two-hundred-kilobytes", "tls.chain.oversize")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), *([w.middle] * 520))


# Protocols
old_beside_new("tls-1.0-beside", "tls.proto.legacy", versions=[0x0301], suites=[0xC013])
old_beside_new("tls-1.1-beside", "tls.proto.legacy", versions=[0x0302], suites=[0xC013])
old_beside_new("tls-1.0-and-1.1-beside", "tls.proto.legacy", versions=[0x0301, 0x0302], suites=[0xC013])
old_beside_new("sslv3-beside", "tls.proto.legacy", versions=[0x0300], suites=[0x002F])
old_alone("sslv3-alone", "tls.proto.no_modern", versions=[0x0300], suites=[0x002F])
old_alone("tls-1.0-alone", "tls.proto.no_modern", versions=[0x0301], suites=[0xC013])
old_alone("tls-1.1-alone", "tls.proto.no_modern", versions=[0x0302], suites=[0xC013])


@faulty("tls-1.0-of-a-real-server", "tls.proto.legacy")
def _(w: World) -> Behaviour:
    return w.https(w.leaf(), versions=(TLS10, TLS13), ciphers="DEFAULT:@SECLEVEL=0")


# Suites
for _name, _suite in (
    ("null", 0x0002),
    ("anonymous", 0x0034),
    ("export", 0x0003),
    ("rc4", 0x0005),
    ("des", 0x0009),
    ("3des", 0x000A),
    ("ecdhe-rc4", 0xC011),
    ("ecdhe-null", 0xC010),
    ("ecdhe-3des", 0xC012),
):
    old_beside_new(f"{_name}-beside", "tls.cipher.weak", versions=[0x0303], suites=[_suite])
old_alone("rc4-alone", "tls.cipher.weak", versions=[0x0303], suites=[0x0005])
old_alone("tls-1.0-with-rc4-alone", "tls.proto.no_modern", "tls.cipher.weak", versions=[0x0301], suites=[0x0004])
old_beside_new(
    "sslv3-with-export-beside", "tls.proto.legacy", "tls.cipher.weak", versions=[0x0300, 0x0303], suites=[0x0006]
)


@faulty("no-forward-secrecy", "tls.cipher.no_fs")
def _(w: World) -> Behaviour:
    issued = w.leaf(key=key("rsa2048"))
    return w.https(issued, versions=(TLS12, TLS12), ciphers="AES128-GCM-SHA256:@SECLEVEL=0")


# Client certificates
for _version in (TLS12, TLS13):

    @faulty(f"client-certificate-demanded-{_version.name}", "tls.client_cert_required")
    def _(w: World, version: ssl.TLSVersion = _version) -> Behaviour:
        return w.https(w.leaf(), versions=(version, version), demands=w.root.pem)


@faulty("client-certificate-demanded-by-a-page", "tls.client_cert_required")
def _(w: World) -> Behaviour:
    page = b"<html><body><center>No required SSL certificate was sent</center></body></html>"
    return w.https(w.leaf(), reply=answer(400, HSTS, body=page))


# Ways of failing
@faulty("alert-for-this-name", "tls.handshake.alert")
def _(w: World) -> Behaviour:
    return tls(context(w.leaf().chain, by_name={}))


@faulty("plain-http-that-answers", "tls.not_tls")
def _(_w: World) -> Behaviour:
    return says(answer(400))


@faulty("plain-http-that-waits", "tls.not_tls")
def _(_w: World) -> Behaviour:
    return plain(answer(200))


@faulty("garbage", "tls.not_tls")
def _(_w: World) -> Behaviour:
    return says(b"\xde\xad\xbe\xef" * 64)


@faulty("ssh", "tls.not_tls")
def _(_w: World) -> Behaviour:
    return says(b"SSH-2.0-OpenSSH_9.2\r\n", first=True)


@faulty("mail-server-without-starttls", "tls.not_tls")
def _(w: World) -> Behaviour:
    w.options["starttls"] = "smtp"
    return after_words([(b"EHLO", b"250 mail.test\r\n"), (b"STARTTLS", b"502 no\r\n")], hang, b"220 mail.test\r\n")


@faulty("certificate-that-cannot-be-read", "tls.chain.invalid")
def _(_w: World) -> Behaviour:
    return Records(chain=[b"\x30\x03\x02\x01\x01"], versions=[0x0303], suites=[0xC02F])


for _how, _behaviour in (
    ("hangs", hang),
    ("drips", drip(b"\x16\x03\x03\x40\x00" + bytes(64))),
    ("resets", reset),
):

    @faulty(f"everywhere-it-{_how}", unobserved="site_unreachable")
    def _(_w: World, behaviour: Behaviour = _behaviour) -> Behaviour:
        return behaviour


# One address among good ones
def elsewhere(name: str, rule: str, bad: Callable[[World], Behaviour], at: str = "127.0.0.2") -> None:
    @faulty(name, rule, address=at)
    def _(w: World) -> Places:
        good = w.https(w.leaf())
        return {address: bad(w) if address == at else good for address in ("127.0.0.1", "127.0.0.2", "::1")}


elsewhere("one-address-hangs", "tls.handshake.timeout", lambda _w: hang)
elsewhere("one-address-drips", "tls.handshake.timeout", lambda _w: drip(b"\x16\x03\x03\x40\x00" + bytes(64)), "::1")
elsewhere("one-address-resets", "tls.handshake.reset", lambda _w: reset)
elsewhere("one-address-alerts", "tls.handshake.alert", lambda _w: says(b"\x15\x03\x01\x00\x02\x02\x28"))
elsewhere("one-address-of-plain-http", "tls.not_tls", lambda _w: says(answer(400)), "127.0.0.1")
elsewhere("one-address-expired", "tls.cert.expired", lambda w: w.https(w.leaf(since=90 * DAY, left=-DAY)))
elsewhere("one-address-of-another-name", "tls.name.mismatch", lambda w: w.https(w.leaf(dns=["x.test"])), "::1")
elsewhere("one-address-incomplete", "tls.chain.incomplete", lambda w: tls(context([w.leaf()])), "127.0.0.1")
elsewhere(
    "one-address-with-tls-1.0",
    "tls.proto.legacy",
    lambda w: either(by_hand(w, [0x0301], [0xC013]), w.https(w.leaf())),
)


@faulty("one-address-fails-otherwise", "tls.handshake.failed", address="127.0.0.2")
def _(w: World) -> Places:
    good = w.https(w.leaf())
    return {"127.0.0.1": good, "127.0.0.2": by_hand(w, [0x0303], [0xC02F]), "::1": good}


# HTTP
def http(name: str, *expected: str, way: Callable[[World], Behaviour], **headers: Any) -> None:
    @faulty(name, *expected)
    def _(w: World) -> Behaviour:
        w.http = way(w)
        return w.https(w.leaf(), **headers)


http("no-way-to-https", "http.https_redirect.missing", way=lambda _w: plain(answer(200)))
http(
    "way-to-another-page-of-http",
    "http.https_redirect.missing",
    way=lambda _w: plain({"/": answer(301, ("Location", "/home")), "/home": answer(200)}),
)
http(
    "way-to-another-site",
    "http.https_redirect.foreign",
    way=lambda _w: plain(answer(301, ("Location", "https://parking.example/"))),
)
http("way-in-circles", "http.redirect.loop", way=lambda _w: plain(answer(301, ("Location", "/"))))


@faulty("way-back-from-https", "http.redirect.downgrade")
def _(w: World) -> Behaviour:
    port = w.lab.open(("127.0.0.1", plain(answer(200))))
    return w.https(w.leaf(), reply=answer(302, HSTS, ("Location", f"http://{w.host}:{port}/plain")))


def hsts(name: str, rule: str, *fields: str) -> None:
    headers = [("Strict-Transport-Security", field) for field in fields]
    faulty(name, rule)(lambda w: w.https(w.leaf(), reply=answer(200, *headers)))


hsts("no-hsts", "http.hsts.missing")
hsts("hsts-turned-off", "http.hsts.disabled", "max-age=0; includeSubDomains")
hsts("hsts-off-although-a-second-says-otherwise", "http.hsts.disabled", "max-age=0", "max-age=31536000")
hsts("hsts-without-an-age", "http.hsts.invalid", "includeSubDomains")
hsts("hsts-with-an-age-that-is-none", "http.hsts.invalid", "max-age=a year")
hsts("hsts-with-two-ages", "http.hsts.invalid", "max-age=1; max-age=2")


@faulty("preloaded-and-no-longer-fit", "http.hsts.preload_broken")
def _(w: World) -> Behaviour:
    w.host = "hstspreload.org"
    return w.https(w.leaf(), reply=answer(200, ("Strict-Transport-Security", "max-age=31536000")))


# Several at once, none hidden by another
leaf(
    "expired-for-another-name",
    "tls.cert.expired", "tls.name.mismatch",
    dns=["other.test"], since=90 * DAY, left=-DAY,
)  # fmt: skip
leaf(
    "expired-weak-and-nameless",
    "tls.cert.expired", "tls.name.no_san", "tls.key.weak",
    dns=[], key=key("rsa1024"), since=90 * DAY, left=-DAY,
)  # fmt: skip


@faulty("all-at-once", "tls.cert.expired", "tls.name.mismatch", "tls.trust.self_signed", "http.hsts.missing")
def _(_w: World) -> Behaviour:
    alone = issue(Wish(dns=["other.test"], key=key(number=31), since=90 * DAY, left=-DAY))
    return tls(context([alone]), answer(200))


@faulty("weak-key-and-weak-signature", "tls.key.weak", "tls.sig.weak")
def _(w: World) -> Behaviour:
    w.root = root("RSA Root", 104, kind="rsa2048")
    return w.https(w.leaf(intermediate(w.root, kind="rsa2048", number=227), hash="sha1", key=key("rsa1024")))


@faulty("nobody-listens-at-a-second-port", "tls.connect.refused")
def _(w: World) -> Behaviour:
    w.options["ports"] = (free_port(),)
    return w.https(w.leaf())
