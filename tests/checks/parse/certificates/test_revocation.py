"""What a revocation list proves, and what it does not."""

import datetime as dt

import pytest

from checks.parse.certificates.read import read
from checks.parse.certificates.revocation import BadList, fresh, read_list, revoked, signed_by
from tests.lab.tls.authority import Wish, issue, key, now, revocation_list, root

CA = root()
LEAF = issue(Wish(), CA)
HOUR = dt.timedelta(hours=1)


def test_a_listed_certificate_is_revoked() -> None:
    crl = read_list(revocation_list(CA, [LEAF.cert.serial_number]))
    found = revoked(crl, LEAF.cert.serial_number)
    assert found is not None
    assert found.reason == "keyCompromise"
    assert revoked(crl, 12345) is None


def test_only_its_issuer_signs_it() -> None:
    crl = revocation_list(CA, [LEAF.cert.serial_number])
    assert signed_by(read_list(crl), read(CA.der))
    assert not signed_by(read_list(crl), read(root("Other", 300).der))
    forged = revocation_list(CA, [LEAF.cert.serial_number], signer=key(number=7))
    assert not signed_by(read_list(forged), read(CA.der))


@pytest.mark.parametrize(
    ("since", "left", "in_force"),
    [
        pytest.param(HOUR, HOUR, True, id="between-its-dates"),
        pytest.param(2 * HOUR, -HOUR, False, id="past-its-end"),
        pytest.param(-HOUR, 2 * HOUR, False, id="before-its-beginning"),
    ],
)
def test_freshness(since: dt.timedelta, left: dt.timedelta, in_force: bool) -> None:
    assert fresh(read_list(revocation_list(CA, since=since, left=left)), now()) is in_force


@pytest.mark.parametrize("data", [b"", b"<html>404</html>", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----"])
def test_bytes_that_are_no_list(data: bytes) -> None:
    with pytest.raises(BadList):
        read_list(data)
