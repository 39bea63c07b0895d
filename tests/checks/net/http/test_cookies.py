"""Cookies of one visit go back to whom they were set by, and to nobody else (RFC 6265)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.net.http.cookies import Jar
from checks.net.http.exchange import Reply
from checks.parse.urls import parse

FROM = "https://www.acme.co.uk/shop/cart?x=1"


def after(*lines: str, at: str = FROM) -> Jar:
    jar = Jar()
    jar.take(
        parse(at),
        Reply(status=302, reason="", version="1.1", headers=tuple(("Set-Cookie", line) for line in lines)),
    )
    return jar


@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        pytest.param("a=b", FROM, "a=b", id="back-to-the-same-page"),
        pytest.param("a=b", "https://www.acme.co.uk/shop/other", "a=b", id="to-its-neighbours"),
        pytest.param("a=b", "https://www.acme.co.uk/", "", id="not-above-its-path"),
        pytest.param("a=b; Path=/", "https://www.acme.co.uk/", "a=b", id="unless-it-says-so"),
        pytest.param("a=b; Path=/sho", "https://www.acme.co.uk/shop", "", id="not-to-half-a-name"),
        pytest.param("a=b; Path=nonsense", "https://www.acme.co.uk/shop/x", "a=b", id="a-path-that-is-none"),
        pytest.param("a=b; Path=/", "https://acme.co.uk/", "", id="not-to-the-domain-above"),
        pytest.param("a=b; Path=/; Domain=acme.co.uk", "https://acme.co.uk/", "a=b", id="unless-it-says-that"),
        pytest.param("a=b; Path=/; Domain=.ACME.co.uk", "https://pay.acme.co.uk/", "a=b", id="and-to-all-below"),
        pytest.param("a=b; Path=/; Domain=co.uk", "https://other.co.uk/", "", id="never-to-a-public-suffix"),
        pytest.param("a=b; Path=/; Domain=other.example", "https://other.example/", "", id="never-for-another"),
        pytest.param("a=b; Path=/; Domain=me.co.uk", "https://me.co.uk/", "", id="nor-for-half-a-label"),
        pytest.param("a=b; Path=/; Secure", "http://www.acme.co.uk/", "", id="a-secure-one-not-over-http"),
        pytest.param("a=b; Path=/", "http://www.acme.co.uk/", "a=b", id="a-plain-one-too"),
        pytest.param("a=b; Max-Age=0", FROM, "", id="one-that-is-over"),
        pytest.param("a=b; Max-Age=-1", FROM, "", id="one-that-was-over"),
        pytest.param("a=b; Max-Age=99999999999999999999", FROM, "a=b", id="one-for-ever"),
        pytest.param("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", FROM, "", id="one-that-expired"),
        pytest.param("a=b; Expires=whenever", FROM, "a=b", id="an-expiry-that-means-nothing"),
        pytest.param("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", FROM, "a=b", id="max-age-counts-more"),
        pytest.param("a=", FROM, "a=", id="an-empty-value"),
        pytest.param("a=b=c", FROM, "a=b=c", id="an-equals-sign-in-the-value"),
        pytest.param("nonsense", FROM, "", id="no-equals-sign"),
        pytest.param("=b", FROM, "", id="no-name"),
        pytest.param("", FROM, "", id="nothing"),
    ],
)
def test_where_a_cookie_goes(line: str, url: str, sent: str) -> None:
    assert after(line).header(parse(url)) == sent


def test_longer_paths_come_first_and_a_new_value_replaces_the_old() -> None:
    jar = after("a=1; Path=/", "b=2; Path=/shop", "a=3; Path=/")
    assert jar.header(parse(FROM)) == "b=2; a=3"
    jar.take(
        parse(FROM), Reply(status=302, reason="", version="1.1", headers=(("Set-Cookie", "a=; Path=/; Max-Age=0"),))
    )
    assert jar.header(parse(FROM)) == "b=2"


def test_a_site_cannot_fill_the_memory() -> None:
    jar = after(*(f"c{number}={'x' * 20_000}" for number in range(500)))
    sent = jar.header(parse(FROM))
    assert sent.count("=") <= 64
    assert len(sent) < 64 * 8400


@given(lines=st.lists(st.text(max_size=60), max_size=5))
def test_any_line_is_taken_without_harm(lines: list[str]) -> None:
    sent = after(*lines).header(parse(FROM))
    assert isinstance(sent, str)
