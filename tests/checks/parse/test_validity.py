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
