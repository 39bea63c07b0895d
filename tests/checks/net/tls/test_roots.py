"""Which roots are believed."""

from pathlib import Path

import pytest

from checks.net.tls.roots import RootsUnreadable, trust
from checks.parse.certificates.read import read
from tests.lab.tls.authority import root


def test_those_of_a_file_beside_those_of_the_system(tmp_path: Path) -> None:
    ours = root()
    path = tmp_path / "ca.pem"
    path.write_bytes(b"a comment\n" + ours.pem + root("Other", 300).pem)
    believed = trust(str(path))
    assert believed.holds(read(ours.der))
    assert not believed.is_public(read(ours.der))
    assert [one.title for one in believed.extra] == ["Lab Root", "Other"]
    assert not trust().holds(read(ours.der))
    assert len(trust().organizations()) > 20


def test_a_der_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "ca.crt"
    ours = root()
    path.write_bytes(ours.der)
    assert trust(str(path)).holds(read(ours.der))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(root().pem)
    before = trust(str(path))
    assert trust(str(path)) is before
    path.write_bytes(root("Other, longer", 300).pem)
    assert trust(str(path)).generation != before.generation


@pytest.mark.parametrize("content", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_a_file_without_certificates(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(RootsUnreadable):
        trust(str(path))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(RootsUnreadable):
        trust(str(tmp_path / "missing"))
