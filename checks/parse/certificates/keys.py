"""Keys and signatures of certificates: what they are, and whether browsers still take them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

MIN_RSA = 2048  # bits; CA/Browser Forum baseline requirements 6.1.5
MIN_EC = 224
# Broken hashes: a signature that any of them made proves nothing.
_BROKEN = frozenset({"md2", "md4", "md5", "sha1", "sha"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key: `kind` is rsa, ec, dsa, ed25519, ed448, or the object identifier of a stranger."""

    kind: str
    bits: int  # 0: not known
    curve: str  # of kind ec
    sha256: str  # of the SubjectPublicKeyInfo, hexadecimal; "" when it cannot be read

    @property
    def weak(self) -> bool:
        """Whether browsers refuse it."""
        match self.kind:
            case "rsa":
                return self.bits < MIN_RSA
            case "ec":
                return 0 < self.bits < MIN_EC
            case "dsa":
                return True
            case _:
                return False

    @property
    def unusual(self) -> bool:
        """Whether browsers do not speak it although it is sound."""
        return self.kind in ("ed25519", "ed448")

    @property
    def text(self) -> str:
        """As a person writes it: `RSA 2048`, `EC 256 (secp256r1)`, `Ed25519`."""
        match self.kind:
            case "rsa" | "dsa":
                return f"{self.kind.upper()} {self.bits}"
            case "ec":
                return f"EC {self.bits} ({self.curve})" if self.bits else f"EC ({self.curve})"
            case "ed25519" | "ed448":
                return self.kind.capitalize()
            case _:
                return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The algorithm a certificate was signed with."""

    oid: str
    hash: str  # lower case, "" where the scheme names none

    @property
    def broken(self) -> bool:
        """Whether its hash proves nothing any more."""
        return self.hash in _BROKEN

    @property
    def text(self) -> str:
        """The hash's name, or the algorithm's object identifier."""
        return self.hash.upper() if self.hash else self.oid


def read_key(load: Callable[[], CertificatePublicKeyTypes], oid: str, spki: bytes) -> Key:
    """Return what the key is; one that the library cannot load keeps its object identifier as kind."""
    sha256 = hashlib.sha256(spki).hexdigest() if spki else ""
    try:
        key = load()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return Key(kind="ec" if oid == "1.2.840.10045.2.1" else oid, bits=0, curve="?", sha256=sha256)
    match key:
        case rsa.RSAPublicKey():
            return Key(kind="rsa", bits=key.key_size, curve="", sha256=sha256)
        case ec.EllipticCurvePublicKey():
            return Key(kind="ec", bits=key.key_size, curve=key.curve.name, sha256=sha256)
        case dsa.DSAPublicKey():
            return Key(kind="dsa", bits=key.key_size, curve="", sha256=sha256)
        case ed25519.Ed25519PublicKey():
            return Key(kind="ed25519", bits=256, curve="", sha256=sha256)
        case ed448.Ed448PublicKey():
            return Key(kind="ed448", bits=456, curve="", sha256=sha256)
        case _:
            return Key(kind=oid, bits=0, curve="", sha256=sha256)


def read_signature(oid: str, hash_name: str) -> Signature:
    """Return what signed; MD2 and MD4 are named by their object identifiers, the library knows them no more."""
    known = {"1.2.840.113549.1.1.2": "md2", "1.2.840.113549.1.1.3": "md4", "1.2.840.113549.1.1.4": "md5"}
    return Signature(oid=oid, hash=hash_name or known.get(oid, ""))
