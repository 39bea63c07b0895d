"""Certificates of our own for servers on loopback."""

import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from tests.needs import program

HOST = "shop.acme.example"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority and the file that makes it trusted."""

    ca: trustme.CA
    file: str

    @classmethod
    def make(cls, folder: Path, name: str = "ca") -> "Authority":
        ca, path = trustme.CA(), folder / f"{name}.pem"
        ca.cert_pem.write_to_path(str(path))
        return cls(ca, str(path))

    def server(
        self,
        *names: str,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> ssl.SSLContext:
        """Return the context of a server with a certificate for `names`, good for a day around now if not said."""
        now = datetime.now(UTC)
        issued = self.ca.issue_cert(
            *(names or (HOST, "127.0.0.1", "localhost")),
            not_before=not_before or now - DAY,
            not_after=not_after or now + DAY,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = most
        issued.configure_cert(context)
        return context


def unknown() -> ssl.SSLContext:
    """Return the context of a server whose certificate comes from an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    return context


def self_signed() -> ssl.SSLContext:
    """Return the context of a server whose certificate vouches for itself."""
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with ca.private_key_pem.tempfile() as key, ca.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    return context


def hashed(authority: Authority, folder: Path) -> Path:
    """Make a folder of roots as `openssl rehash` leaves it, which holds this one."""
    folder.mkdir(exist_ok=True)
    pem = Path(authority.file)
    command = [program("openssl", apt="openssl"), "x509", "-hash", "-noout", "-in", str(pem)]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    (folder / f"{name}.0").write_bytes(pem.read_bytes())
    return folder
