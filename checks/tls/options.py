"""The options of a tls check; loads no library."""

from dataclasses import dataclass
from typing import Annotated

from checks.core.options import BadOption, Bounds, Common, Seconds, Texts, Url

DAY = 86400.0
# The browsers' own list, as Chromium's engineers edit it.
PRELOAD_LIST = "https://raw.githubusercontent.com/chromium/chromium/main/net/http/transport_security_state_static.json"
STARTTLS = ("smtp", "imap", "pop3", "ftp")

Port = Annotated[int, Bounds(least=1, most=65535)]
Share = Annotated[float, Bounds(least=0, most=1)]
Days = Annotated[float, Bounds(least=0, most=3650)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    """Where to look, and from when on to warn: below the smaller of a share of the certificate's life and of days."""

    ports: tuple[Port, ...] = ()  # looked at beside the one of the URL
    minor_life: Share = 0.25
    minor_days: Days = 30.0
    major_life: Share = 0.10
    major_days: Days = 7.0
    audit: bool = True  # protocols, suites, staples, demands for client certificates, and the way from http
    audit_every: Annotated[Seconds, Bounds(least=0)] = DAY
    revocation: bool = True
    hsts: bool = True
    preload_list: Url = PRELOAD_LIST  # who must come by https alone, fetched once a week by a daemon
    starttls: str = ""  # smtp, imap, pop3 or ftp, for the ports listed; "": by their well-known numbers
    expect_issuer: Texts = ()  # parts of issuers' names, one of which must be there
    http_port: Annotated[int, Bounds(least=0, most=65535)] = 80  # where http → https is looked for; 0: nowhere
    client_cert: bool = False  # a demand for client certificates is meant
    ari: bool = True  # ask issuers that offer it when they want the certificate replaced
    dns: bool = True  # CAA and TLSA records

    def __post_init__(self) -> None:
        """Refuse what types cannot; raises `BadOption`."""
        if self.starttls and self.starttls not in STARTTLS:
            raise BadOption("starttls", f"{self.starttls!r} is none of {', '.join(STARTTLS)}")
        if self.major_life > self.minor_life:
            raise BadOption("major_life", "must not be more than minor_life")
        if self.major_days > self.minor_days:
            raise BadOption("major_days", "must not be more than minor_days")
