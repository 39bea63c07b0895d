"""What is known of certification authorities by their names: who they are in CAA records, and how they renew."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One authority, as it names itself in its certificates."""

    organization: str  # the beginning of it
    caa: tuple[str, ...]  # its names in CAA records
    automatic: bool = False  # it issues by ACME alone or nearly so: a machine renews its certificates
    directory: str = ""  # of ACME, where it offers renewal information


_ISSUERS = (
    Issuer(
        organization="Let's Encrypt",
        caa=("letsencrypt.org",),
        automatic=True,
        directory="https://acme-v02.api.letsencrypt.org/directory",
    ),
    Issuer(
        organization="Google Trust Services",
        caa=("pki.goog",),
        automatic=True,
        directory="https://dv.acme-v02.api.pki.goog/directory",
    ),
    Issuer(organization="ZeroSSL", caa=("sectigo.com", "zerossl.com", "trust-provider.com"), automatic=True),
    Issuer(organization="Buypass", caa=("buypass.com", "buypass.no"), automatic=True),
    Issuer(
        organization="Amazon",
        caa=("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"),
        automatic=True,
    ),
    Issuer(
        organization="Sectigo",
        caa=("sectigo.com", "comodoca.com", "comodo.com", "usertrust.com", "trust-provider.com"),
    ),
    Issuer(
        organization="DigiCert",
        caa=("digicert.com", "www.digicert.com", "geotrust.com", "rapidssl.com", "thawte.com", "symantec.com"),
    ),
    Issuer(organization="GlobalSign", caa=("globalsign.com",)),
    Issuer(organization="GoDaddy", caa=("godaddy.com", "starfieldtech.com")),
    Issuer(organization="Starfield", caa=("starfieldtech.com", "godaddy.com")),
    Issuer(organization="Actalis", caa=("actalis.it",)),
    Issuer(organization="Asseco Data Systems", caa=("certum.pl", "certum.eu")),
    Issuer(organization="SSL Corp", caa=("ssl.com",)),
    Issuer(organization="Microsoft", caa=("microsoft.com",)),
    Issuer(organization="Entrust", caa=("entrust.net",)),
)


def _find(organization: str) -> Issuer | None:
    return next((one for one in _ISSUERS if organization.startswith(one.organization)), None)


def caa_names(organization: str) -> tuple[str, ...]:
    """The names under which CAA records allow an authority; none for one that is not known here."""
    found = _find(organization)
    return found.caa if found is not None else ()


def renews_by_itself(organization: str) -> bool:
    """Whether certificates of an authority are renewed by a machine."""
    found = _find(organization)
    return found is not None and found.automatic


def acme_directory(organization: str) -> str:
    """The URL of the ACME directory of an authority that offers renewal information, "" for others."""
    found = _find(organization)
    return found.directory if found is not None else ""
