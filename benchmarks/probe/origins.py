"""A thousand distinct origins on loopback: an address, a name and a certificate each, served by one nginx."""

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

COUNT: Final = 1000
WORD: Final = "Ajouter au panier"
PLAIN, ECDSA, RSA = 18080, 18443, 18444
_PARAGRAPH: Final = '<p>Une page ordinaire, avec du texte et des liens <a href="/x">comme ceci</a>.</p>\n'
_PAGE: Final = f"<!doctype html><html><head><title>Boutique</title></head><body>{_PARAGRAPH * 110}{WORD}</body></html>"

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Origin:
    """One site."""

    name: str
    address: str


def origins() -> list[Origin]:
    """Return all of them."""
    return [Origin(f"site{n}.bench.example", f"127.1.{n // 250}.{n % 250 + 1}") for n in range(COUNT)]


def _certificate(subject: str, key: Key, issuer: x509.Certificate | None, signer: Key, *, ca: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=60))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(ca=ca), critical=True)
    )
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    return builder.sign(signer, hashes.SHA384() if _is_p384(signer) else hashes.SHA256())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_p384(key: Key) -> bool:
    return isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp384r1"


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def write_certificates(folder: Path) -> None:
    """Write a chain for each origin in two styles, and `roots.pem` with the system's roots and ours.

    ECDSA: P-256 leaf, P-384 intermediate, RSA-4096 root, as Let's Encrypt issues; RSA: 2048 bits throughout. Every
    origin has a certificate of its own, the leaves of one style share a key.
    """
    styles: dict[str, tuple[Key, Key, Key]] = {
        "ecdsa": (_rsa(4096), ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())),
        "rsa": (_rsa(2048), _rsa(2048), _rsa(2048)),
    }
    roots = Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
    for style, (root_key, middle_key, leaf_key) in styles.items():
        root = _certificate(f"Bench {style} root", root_key, None, root_key, ca=True)
        middle = _certificate(f"Bench {style} intermediate", middle_key, root, root_key, ca=True)
        roots += _pem(root)
        place = folder / style
        place.mkdir()
        key = leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (place / "key.pem").write_bytes(key)
        for origin in origins():
            leaf = _certificate(origin.name, leaf_key, middle, middle_key, ca=False)
            (place / f"{origin.name}.pem").write_bytes(_pem(leaf, middle))
    (folder / "roots.pem").write_bytes(roots)


_NGINX: Final = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit; user root;
events {{ worker_connections 8192; }}
http {{
  access_log off; tcp_nodelay on; root {folder}/www;
  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets on;
  server {{ listen {plain}; }}
  server {{
    listen {ecdsa} ssl;
    ssl_certificate {folder}/ecdsa/$ssl_server_name.pem; ssl_certificate_key {folder}/ecdsa/key.pem;
  }}
  server {{
    listen {rsa} ssl;
    ssl_certificate {folder}/rsa/$ssl_server_name.pem; ssl_certificate_key {folder}/rsa/key.pem;
  }}
}}
"""


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Serve all origins from `folder` until the end."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(_PAGE, encoding="utf-8")
    write_certificates(folder)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, plain=PLAIN, ecdsa=ECDSA, rsa=RSA))
    process = subprocess.Popen([nginx, "-c", str(config)])
    try:
        _wait(f"http://127.0.0.1:{PLAIN}/")
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")
