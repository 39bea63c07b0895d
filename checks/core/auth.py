"""How a check shows who it is: one of five ways, its secrets by reference."""

from dataclasses import dataclass, fields

from checks.core.options import BadOption, FilePath, Url
from checks.core.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """A name and a password with every request (RFC 7617)."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token with every request (RFC 6750)."""

    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A name and a password that never travel: the server asks first (RFC 7616)."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate in the TLS handshake; PEM files, the key may stand in the same one."""

    certificate: FilePath
    key: FilePath = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """A token fetched for a client id and its secret, and used until it expires (RFC 6749, 4.4)."""

    token_url: Url
    client_id: str
    client_secret: Secret
    scope: str = ""


Way = Basic | Bearer | Digest | ClientCertificate | ClientCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Exactly one way, named as it is written: `auth.basic = { … }`."""

    basic: Basic | None = None
    bearer: Bearer | None = None
    digest: Digest | None = None
    client_certificate: ClientCertificate | None = None
    oauth2: ClientCredentials | None = None

    def __post_init__(self) -> None:
        """Refuse none and several; raises `BadOption`."""
        if len(self._ways()) != 1:
            names = ", ".join(field.name for field in fields(self))
            raise BadOption("auth", f"must hold exactly one of {names}")

    def _ways(self) -> list[Way]:
        return [way for field in fields(self) if (way := getattr(self, field.name)) is not None]

    @property
    def way(self) -> Way:
        """The way that is chosen."""
        return self._ways()[0]
