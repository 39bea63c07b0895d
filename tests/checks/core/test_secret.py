"""A secret is found where it is used, and nowhere shown."""

from pathlib import Path

import pytest

from checks.core.secret import Secret, SecretMissing, expand, references

ENVIRON = {"TOKEN": "s3cret", "HOST": "example.org"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("${TOKEN}", "s3cret", id="a-reference-alone"),
        pytest.param("https://${HOST}/?t=${TOKEN}", "https://example.org/?t=s3cret", id="references-inside-a-text"),
        pytest.param("5 $ or $$", "5 $ or $$", id="lone-dollars-are-plain"),
        pytest.param("$HOST", "$HOST", id="a-name-without-braces-is-plain"),
        pytest.param("$${HOST}", "${HOST}", id="two-dollars-before-a-brace-write-one"),
        pytest.param("${", "${", id="an-open-brace-alone-is-plain"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_expand(text: str, value: str) -> None:
    assert expand(text, ENVIRON) == value
    assert Secret(text=text).reveal(ENVIRON) == value


def test_references_are_those_that_are_replaced() -> None:
    assert references("${A} $${B} ${C}") == ("A", "C")
    assert Secret(text="${A}").references == ("A",)


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(SecretMissing, match="environment variable NOPE is not set"):
        Secret(text="${NOPE}").reveal(ENVIRON)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_TEST_TOKEN", "from the process")
    assert Secret(text="${VIGIE_TEST_TOKEN}").reveal() == "from the process"


def test_a_file_loses_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a b\r\n", encoding="utf-8")
    assert Secret(file=str(tmp_path / "token")).reveal() == "a b"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match=r"secret file .*nothing cannot be read"):
        Secret(file=str(tmp_path / "nothing")).reveal()


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretMissing, match=r"key is not UTF-8"):
        Secret(file=str(tmp_path / "key")).reveal()


def test_nothing_shows_the_value() -> None:
    secret = Secret(text="hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
