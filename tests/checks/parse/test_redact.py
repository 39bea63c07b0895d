"""Nothing that authenticates somebody is left in what is kept, and the rest stays readable."""

import pytest

from checks.parse import redact


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param(
            '<input type="password" value="hunter22">', '<input type="password" value="***">', id="a-password"
        ),
        pytest.param("<input type=hidden value=abc123>", '<input type=hidden value="***">', id="a-hidden-field"),
        pytest.param(
            "<input name='csrf_token' value='abc'>", "<input name='csrf_token' value=\"***\">", id="by-its-name"
        ),
        pytest.param('<input name="q" value="shoes">', '<input name="q" value="shoes">', id="not-a-field-of-anybody"),
        pytest.param("Cookie: a=b; c=d\r\nHost: x", "Cookie: ***\r\nHost: x", id="a-header-line"),
        pytest.param("see ftp://me:pw@a.test/", "see ftp://***@a.test/", id="a-password-in-a-url"),
        pytest.param("/p?page=2&api_key=xyz", "/p?page=2&api_key=***", id="a-parameter"),
        pytest.param("Bearer abcdefgh12", "Bearer ***", id="a-bearer-token"),
        pytest.param('{"client_secret": "s3"}', '{"client_secret": "***"}', id="a-value-in-json"),
        pytest.param("DB_PASSWORD=swordfish", "DB_PASSWORD=***", id="a-setting"),
        pytest.param("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "***", id="a-key-cut-short"),
        pytest.param("AKIA" + "A" * 16, "***", id="a-cloud-key"),
        pytest.param("a passage about tokens", "a passage about tokens", id="not-a-word-about-secrets"),
    ],
)
def test_texts(content: str, kept: str) -> None:
    assert redact.text(content) == kept


def test_the_operator_s_own_secrets_go_longest_first() -> None:
    assert redact.text("swordfish sword the", ["sword", "swordfish", "the"]) == "*** *** the"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        pytest.param("Set-Cookie", "a=b", "***", id="a-secret-one"),
        pytest.param("X-Mine", "abc", "***", id="one-the-operator-names"),
        pytest.param("Location", "https://a.test/?token=abc", "https://a.test/?token=***", id="a-secret-within"),
        pytest.param("Server", "nginx", "nginx", id="a-plain-one"),
    ],
)
def test_headers(name: str, value: str, kept: str) -> None:
    assert redact.header(name, value, {"x-mine"}) == kept


def test_urls() -> None:
    assert redact.url("https://me:pw@a.test/?q=1&sid=abc#x") == "https://***@a.test/?q=1&sid=***#x"


@pytest.mark.parametrize(
    ("media", "kept"),
    [
        pytest.param("text/html; charset=utf-8", b"?token=***", id="a-page"),
        pytest.param("application/problem+json", b"?token=***", id="json-of-any-kind"),
        pytest.param("image/png", b"?token=abc", id="not-a-picture"),
    ],
)
def test_evidence(media: str, kept: bytes) -> None:
    assert redact.redact(media, b"?token=abc") == kept
