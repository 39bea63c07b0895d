"""Whether a server of TLS 1.3 holds the key of its certificate (RFC 8446, 4.4.3)."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

_CLAIM: Final = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"
_KEPT: Final = 16_384  # keys, some 3 kB each with the certificate: to read one costs as much as to verify with it


def _pss(digest: hashes.HashAlgorithm) -> tuple[padding.PSS, hashes.HashAlgorithm]:
    return padding.PSS(padding.MGF1(digest), digest.digest_size), digest


_PSS: Final = {0x0804: _pss(hashes.SHA256()), 0x0805: _pss(hashes.SHA384()), 0x0806: _pss(hashes.SHA512())}
# In TLS 1.3 a scheme has one curve and one digest (RFC 8446, 4.2.3).
_ECDSA: Final = {
    "secp256r1": {0x0403: (ec.ECDSA(hashes.SHA256()),)},
    "secp384r1": {0x0503: (ec.ECDSA(hashes.SHA384()),)},
    "secp521r1": {0x0603: (ec.ECDSA(hashes.SHA512()),)},
}
_ED25519: Final[dict[int, tuple[object, ...]]] = {0x0807: ()}
# What is believed of a server, as the best clients order it, and what else may stand in its chain: PKCS #1.
SCHEMES: Final = (0x0403, 0x0503, 0x0603, *_ED25519, *_PSS, 0x0401, 0x0501, 0x0601)


class Unproven(ValueError):
    """The signature is wrong, or of no kind known here."""


def prove(leaf: bytes, body: bytes, seen: bytes) -> None:
    """Verify the body of a CertificateVerify against the leaf and the transcript's digest; raises `Unproven`."""
    scheme, signature = int.from_bytes(body[:2], "big"), body[4:]
    if len(body) < 4 or int.from_bytes(body[2:4], "big") != len(signature):
        raise Unproven("a signature out of its place")
    try:
        verify, schemes = _holder(leaf)
        if scheme not in schemes:
            raise Unproven(f"scheme {scheme:#06x}")
        verify(signature, _CLAIM + seen, *schemes[scheme])
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise Unproven(f"the server's signature: {error!r}") from None


@lru_cache(maxsize=_KEPT)
def _holder(leaf: bytes) -> tuple[Callable[..., None], Mapping[int, tuple[object, ...]]]:
    """How to verify with the key of a certificate, and what besides signature and claim, by scheme."""
    match x509.load_der_x509_certificate(leaf).public_key():
        case rsa.RSAPublicKey() as key:
            return key.verify, _PSS
        case ec.EllipticCurvePublicKey() as key:
            return key.verify, _ECDSA.get(key.curve.name, {})
        case ed25519.Ed25519PublicKey() as key:
            return key.verify, _ED25519
    raise Unproven("a key of no kind known here")
