"""Tells whether one certificate's key made the signature of another."""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from checks.parse.certificates.read import Certificate

# PKCS #1 DigestInfo prefixes (RFC 8017, 9.2, note 1) of the hashes that `cryptography` verifies no more.
_DIGEST_INFO = {
    "md5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
}


@lru_cache(maxsize=8192)
def made_by(child: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's key made the child's signature (names are not compared).

    A signature with a broken hash counts as made when it cannot be verified: its weakness is the finding.
    """
    if child.signature.broken:
        return _made_by_broken(child, issuer)
    try:
        child.native.verify_directly_issued_by(issuer.native)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _made_by_broken(child: Certificate, issuer: Certificate) -> bool:
    try:
        key = issuer.native.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    prefix = _DIGEST_INFO.get(child.signature.hash)
    if not isinstance(key, rsa.RSAPublicKey) or prefix is None:
        return True
    numbers = key.public_numbers()
    length = (numbers.n.bit_length() + 7) // 8
    digest = hashlib.new(child.signature.hash, child.native.tbs_certificate_bytes, usedforsecurity=False).digest()
    padding = length - len(prefix) - len(digest) - 3
    expected = b"\x00\x01" + b"\xff" * padding + b"\x00" + prefix + digest
    signature = int.from_bytes(child.native.signature, "big")
    return pow(signature, numbers.e, numbers.n).to_bytes(length, "big") == expected
