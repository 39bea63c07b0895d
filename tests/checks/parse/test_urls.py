"""URLs are read as browsers read them."""

import pytest

from checks.parse.urls import BadUrl, join, parse

READ = [
    ("HTTP://EXAMPLE.com:80/a b/../c?x=é#f", "http://example.com/c?x=%C3%A9#f"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com:8443?q", "https://example.com:8443/?q"),
    (" \thttp://exa\nmple.com/\r ", "http://example.com/"),
    ("http://example.com./", "http://example.com/"),
    ("http://user:pass@example.com/", "http://example.com/"),
    ("http:\\\\example.com\\a", "http://example.com/a"),
    ("http://2130706433/", "http://127.0.0.1/"),
    ("http://0177.0.0.1/", "http://127.0.0.1/"),
    ("http://0x7f.1/", "http://127.0.0.1/"),
    ("http://127.1/", "http://127.0.0.1/"),
    ("http://%31%32%37.0.0.1/", "http://127.0.0.1/"),
    ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
    ("http://café.fr/%2e%2E/x", "http://xn--caf-dma.fr/x"),
    ("http://１２７.0.0.1/", "http://127.0.0.1/"),
    ("http://my_host.example/", "http://my_host.example/"),
    ("http://☃.example/", "http://xn--n3h.example/"),
    ("http://a.example/x/.", "http://a.example/x/"),
    ("http://a.example/x/..", "http://a.example/"),
    ("http://a.example/./../x/./y", "http://a.example/x/y"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reading(text: str, expected: str) -> None:
    assert str(parse(text)) in (expected, expected.replace("::ffff:7f00:1", "::ffff:127.0.0.1"))


@pytest.mark.parametrize(
    "text",
    ["", "/path", "ftp://a.example/", "javascript:alert(1)", "http://", "http:///", "http://a b/", "http://a:99999/",
     "http://[::1", "http://256.1.1.1/", "http://1.2.3.4.5/", "http://a..b/", "http://" + "a" * 64 + ".example/",
     "http://a.example:0/", "http://a.example:x/", "http://" + "x" * 70000,
     "http://[::g]/", "http://\ufffdé/", "http://\ue000.example/"],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(BadUrl):
        parse(text)


JOINED = [
    ("//b.example/q", "https://b.example/q"),
    ("../p", "https://a.example/p"),
    ("http:/c.example/", "http://c.example/"),
    ("https:rel", "https://a.example/x/rel"),
    ("\\\\evil.example\\x", "https://evil.example/x"),
    ("?q", "https://a.example/x/y?q"),
    ("", "https://a.example/x/y?z"),
    ("é", "https://a.example/x/%C3%A9"),
]


@pytest.mark.parametrize(("reference", "expected"), JOINED)
def test_joining(reference: str, expected: str) -> None:
    assert str(join(parse("https://a.example/x/y?z"), reference)) == expected


@pytest.mark.parametrize("reference", ["http://", "//?q", "http://[", "javascript:void(0)", "//a.example:x/"])
def test_a_reference_that_leads_nowhere(reference: str) -> None:
    with pytest.raises(BadUrl):
        join(parse("https://a.example/x/y?z"), reference)


def test_the_password_is_kept_apart() -> None:
    url = parse("http://user:p%20w@example.com/")
    assert url.userinfo == "user:p%20w"
    assert "p%20w" not in str(url)
