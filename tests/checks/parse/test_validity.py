"""The dates of a certificate are read straight from its DER, and rubbish is refused."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from checks.parse.validity import NotDer, validity

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LEAF = trustme.CA().issue_cert("a.example", not_before=NOW, not_after=NOW + timedelta(days=90))
DER = ssl.PEM_cert_to_DER_cert(LEAF.cert_chain_pems[0].bytes().decode())


@pytest.mark.parametrize("years", [0, 10, 22, 24, 60, 500], ids=lambda years: f"in-{years}-years")
def test_both_ways_of_writing_a_year(years: int) -> None:
    ends = NOW.replace(year=NOW.year + years) + timedelta(days=1)
    leaf = trustme.CA().issue_cert("a.example", not_before=NOW, not_after=ends)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    assert validity(der) == (NOW, ends)


def _sequence(content: bytes) -> bytes:
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def _first_version(not_after: bytes) -> bytes:
    """The frame of a certificate of 1988: no version before its serial number."""
    dates = _sequence(b"\x17\x0d260101000000Z" + not_after)
    return _sequence(_sequence(b"\x02\x01\x07" + _sequence(b"") + _sequence(b"") + dates))


def test_a_certificate_of_the_first_version_has_none() -> None:
    dates = validity(_first_version(b"\x18\x0f20510203040506Z"))
    assert dates == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2051, 2, 3, 4, 5, 6, tzinfo=UTC))


@pytest.mark.parametrize(
    "not_after",
    [
        pytest.param(b"\x17\x0d261301000000Z", id="a-thirteenth-month"),
        pytest.param(b"\x17\x0d260230000000Z", id="the-thirtieth-of-february"),
        pytest.param(b"\x17\x0d26010100000\xb2Z", id="no-digit"),
        pytest.param(b"\x17\x0b2601010000Z", id="no-seconds"),
        pytest.param(b"\x17\x11260101000000+0100", id="another-zone"),
        pytest.param(b"\x04\x0d260101000000Z", id="not-of-a-time's-type"),
    ],
)
def test_a_date_that_is_none_is_refused(not_after: bytes) -> None:
    with pytest.raises(NotDer):
        validity(_first_version(not_after))


@given(end=st.integers(0, len(DER) - 1))
def test_a_part_is_refused(end: int) -> None:
    with pytest.raises(NotDer):
        validity(DER[:end])


@given(at=st.integers(0, len(DER) - 1), value=st.integers(0, 255))
def test_any_other_byte_is_read_or_refused(at: int, value: int) -> None:
    changed = DER[:at] + bytes([value]) + DER[at + 1 :]
    with suppress(NotDer):
        validity(changed)


@given(rubbish=st.binary(max_size=200))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(NotDer):
        validity(rubbish)
