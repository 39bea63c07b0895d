"""Reads the certificates of a file, in whichever of the usual forms they come."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from checks.parse.certificates.read import BadCertificate, Certificate, read

_PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)-----END")


def certificates_of(data: bytes) -> Iterator[Certificate]:
    """The readable certificates of a PEM file, of a DER file (one) or of a PKCS #7 bundle."""
    for der in _ders(data):
        try:
            yield read(der)
        except BadCertificate:
            continue


def _ders(data: bytes) -> Iterator[bytes]:
    blocks = _PEM.findall(data)
    if not blocks and not _is_bundle(data):
        yield data
    for block in blocks:
        try:
            yield b64decode(block)
        except binascii.Error:
            continue
    if not blocks and _is_bundle(data):
        yield from (cert.public_bytes(Encoding.DER) for cert in _bundled(data))


def _is_bundle(data: bytes) -> bool:
    """Whether it is a DER sequence that begins with the identifier of signedData (RFC 5652, 4 and 5)."""
    return bytes.fromhex("06092a864886f70d010702") in data[:24]


def _bundled(data: bytes) -> list[x509.Certificate]:
    try:
        return pkcs7.load_der_pkcs7_certificates(data)
    except (ValueError, UnsupportedAlgorithm):
        return []
