"""A revocation list is believed only when it says until when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from checks.net.feeds import BadFeed
from checks.parse.certificates.read import read
from checks.parse.certificates.revocation import read_list
from checks.tls import fetched
from tests.checks.parse.certificates.test_revocation import listing
from tests.lab.tls.authority import root


def test_a_list_without_an_end_is_stale_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = replace(read_list(listing()), next_update=None, this_update=datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(fetched, "read_list", lambda _data: endless)
    monkeypatch.setattr(fetched, "signed_by", lambda _crl, _issuer: True)
    source = fetched._source("http://lists.test/one.crl", read(root().der), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(BadFeed, match="a day it does not say"):
        source.verify(b"")
