"""Pages in every encoding that browsers know become text; any other name is as good as none."""

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parse.charset import text

SAID = "Prix : 25 €, déjà vu"


@pytest.mark.parametrize(
    ("said", "body", "name"),
    [
        pytest.param(SAID, SAID.encode(), "utf-8", id="utf-8"),
        pytest.param(SAID, SAID.encode(), "UTF8", id="utf-8-without-a-hyphen"),
        pytest.param(SAID, SAID.encode("cp1252"), "iso-8859-1", id="latin-1-means-windows-1252"),
        pytest.param(SAID, SAID.encode("cp1252"), "ascii", id="ascii-does-too"),
        pytest.param(SAID, SAID.encode("iso8859-15"), "ISO-8859-15", id="latin-9"),
        pytest.param("цена", "цена".encode("koi8-r"), "koi8-r", id="koi8-r"),
        pytest.param("цена", "цена".encode("mac-cyrillic"), "x-mac-cyrillic", id="mac"),
        pytest.param("値段", "値段".encode("cp932"), "windows-31j", id="shift-jis"),
        pytest.param("値段", "値段".encode("iso2022_jp"), "iso-2022-jp", id="iso-2022-jp"),
        pytest.param("价格", "价格".encode("gbk"), "gb2312", id="gb2312-means-gbk"),
        pytest.param("가격", "가격".encode("cp949"), "euc-kr", id="euc-kr"),
        pytest.param("ราคา", "ราคา".encode("cp874"), "tis-620", id="thai"),
        pytest.param(SAID, SAID.encode(), "no-such-thing", id="an-unknown-name-is-guessed"),
        pytest.param(SAID, SAID.encode("cp1252"), "no-such-thing", id="and-windows-1252-when-it-is-not-utf-8"),
        pytest.param(SAID, SAID.encode(), "idna", id="not-an-encoding-of-pages"),
        pytest.param(SAID, SAID.encode(), "undefined", id="nor-is-this-one"),
        pytest.param(SAID, SAID.encode(), "hex", id="nor-what-makes-bytes"),
        pytest.param(SAID, SAID.encode(), "a..b", id="a-name-that-looks-like-a-path"),
        pytest.param(SAID, codecs.BOM_UTF8 + SAID.encode(), "cp1252", id="a-mark-at-the-start-counts-more"),
        pytest.param(SAID, SAID.encode()[:-1] + "à".encode()[:1], None, id="cut-inside-a-character"),
    ],
)
def test_a_page_becomes_text(said: str, body: bytes, name: str | None) -> None:
    found = text(body, f"text/html; charset={name}" if name else "text/html")
    assert found[: len(said) - 1] == said[:-1]
    assert len(found) == len(said)


@given(name=st.sampled_from(sorted({*encodings.aliases.aliases, "idna", "undefined", "punycode"})), body=st.binary())
def test_no_name_and_no_bytes_are_an_error(name: str, body: bytes) -> None:
    assert isinstance(text(body, f"text/html; charset={name}"), str)
    assert isinstance(text(f'<meta charset="{name}">'.encode() + body, None), str)
