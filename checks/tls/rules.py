"""The rules of the tls check: those of the certificate here, those of the service and of http in their own modules."""

from checks.core.model import Confirm, Layer, Maintenance, Rule, Severity
from checks.core.text import Choice, Says, Text, _, choice
from checks.tls.rules_http import HTTP_RULES
from checks.tls.rules_service import SERVICE_RULES

# Facts every finding carries: `where` (host:port, with the addresses when only some are concerned), `certificate` (its
# common name), `fingerprint` (SHA-256), `issuer`.
WATCHED = frozenset({"fingerprint", "addresses"})


def _fact(
    rule_id: str,
    family: str,
    severity: Severity,
    says: Says,
    advice: Says,
    maintenance: Maintenance = Maintenance.CORRECTIVE,
    *,
    blocks: bool = False,
) -> Rule:
    told = severity is Severity.INFO and maintenance is Maintenance.NONE
    return Rule(
        id=rule_id,
        family=family,
        severity=severity,
        maintenance=maintenance,
        layer=Layer.TLS,
        says=says,
        advice=advice,
        confirm=Confirm.NONE if told else Confirm.FACT,
        blocks=blocks,
        watch=WATCHED,
    )


CERT_EXPIRED = _fact(
    "tls.cert.expired",
    "tls.cert.validity",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} expired {ago:duration} ago"),
    _("Renew it now and reload the server: browsers refuse the site. Then find out why the renewal did not run."),
    blocks=True,
)
CERT_NOT_YET_VALID = _fact(
    "tls.cert.not_yet_valid",
    "tls.cert.validity",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} is valid only in {ahead:duration}"),
    _("Put the former certificate back until {not_before:instant}, or have it issued again with today's date."),
    blocks=True,
)
CERT_EXPIRING = _fact(
    "tls.cert.expiring",
    "tls.cert.validity",
    Severity.MINOR,
    choice(
        "reason",
        _("the certificate “{certificate}” of {where} expires in {left:duration}"),
        ari=_(
            "the issuer of the certificate “{certificate}” of {where} wanted it replaced before {window_end:instant}"
        ),
    ),
    choice(
        "reason",
        _(
            "Renew it before {not_after:instant}. Where renewal is automatic it has failed at least once: look at the"
            " client's log, the challenge it uses and the reload of the server."
        ),
        ari=_("Renew it now: the issuer may revoke it (it publishes the window by ACME renewal information)."),
    ),
    Maintenance.PREVENTIVE,
)
CERT_RENEWAL_STALLED = _fact(
    "tls.cert.renewal_stalled",
    "tls.cert.validity",
    Severity.MINOR,
    _(
        "the certificate “{certificate}” of {where} should have been renewed by itself: {left:duration} of its"
        " {life:duration} are left, and certificates of {issuer} renew automatically"
    ),
    _("Run the renewal by hand and read its log: challenge, rights, rate limits, reload of the server."),
    Maintenance.PREVENTIVE,
)
CHAIN_EXPIRED = _fact(
    "tls.chain.expired",
    "tls.chain.validity",
    Severity.CRITICAL,
    _("the issuing certificate “{certificate}” sent by {where} expired {ago:duration} ago"),
    _("Replace the chain file by the one the issuer publishes today, and reload the server."),
    blocks=True,
)
CHAIN_EXPIRING = _fact(
    "tls.chain.expiring",
    "tls.chain.validity",
    Severity.MINOR,
    _("the issuing certificate “{certificate}” sent by {where} expires in {left:duration}"),
    _("Ask the issuer for its present chain, or have the certificate issued again, before {not_after:instant}."),
    Maintenance.PREVENTIVE,
)
NAME_MISMATCH = _fact(
    "tls.name.mismatch",
    "tls.name",
    Severity.CRITICAL,
    _("the certificate of {where} is not for {host} but for {names}"),
    _("Have a certificate issued that names {host}, or install the right one for this virtual host."),
    blocks=True,
)
NAME_NO_SAN = _fact(
    "tls.name.no_san",
    "tls.name",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} has no subjectAltName: browsers no longer read the common name"),
    _("Have it issued again with {host} as a subjectAltName."),
    blocks=True,
)
SAN_REMOVED = _fact(
    "tls.san.removed",
    "tls.name",
    Severity.MAJOR,
    _("the new certificate of {where} no longer covers {removed}, which the former one did"),
    _("Have it issued again with {removed}, or see to it that visitors of this name find a certificate of its own."),
)
SELF_SIGNED = _fact(
    "tls.trust.self_signed",
    "tls.trust",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} is signed by itself"),
    _("Install one from a public authority (or name yours in ca_file, if only your own machines visit it)."),
    blocks=True,
)
UNTRUSTED_ROOT = _fact(
    "tls.trust.untrusted_root",
    "tls.trust",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} leads to “{root}”, which nobody trusts"),
    _("Install one from a public authority (or name yours in ca_file, if only your own machines visit it)."),
    blocks=True,
)
CHAIN_INCOMPLETE = _fact(
    "tls.chain.incomplete",
    "tls.trust",
    Severity.MAJOR,
    choice(
        "repaired",
        _("{where} does not send the certificate of the issuer “{missing}”, and nothing says where to get it"),
        aia=_(
            "{where} does not send the certificate of the issuer “{missing}”: desktop browsers fetch it themselves,"
            " phones, curl, PHP and Java do not"
        ),
    ),
    _("Put the issuer's certificates behind the server's own (the “full chain” file) and reload the server."),
)
_BROKEN_PATHS: tuple[tuple[str, Text], ...] = (
    ("signature", _("{where} sends a certificate “{detail}” that did not sign “{certificate}”")),
    ("not_ca", _("“{certificate}” in the chain of {where} issues certificates and is no certification authority")),
    ("no_cert_sign", _("“{certificate}” in the chain of {where} may not sign certificates by its own key usage")),
    (
        "path_length",
        _("“{certificate}” in the chain of {where} has more authorities below it than it allows ({detail})"),
    ),
    ("name_constraint", _("the authority “{certificate}” in the chain of {where} may not issue for {detail}")),
    ("purpose", _("“{certificate}” in the chain of {where} may not issue certificates of servers")),
    ("critical", _("“{certificate}” of {where} has a critical extension that no client understands ({detail})")),
)
CHAIN_INVALID = _fact(
    "tls.chain.invalid",
    "tls.trust",
    Severity.CRITICAL,
    Choice(
        fact="flaw",
        texts=_BROKEN_PATHS,
        default=_("the certificate of {where} cannot be read whole: {detail}"),
    ),
    _("Have the certificate issued by an authority that may, and install the chain it hands out with it."),
    blocks=True,
)
BAD_USAGE = _fact(
    "tls.cert.bad_usage",
    "tls.trust",
    Severity.CRITICAL,
    _("the certificate “{certificate}” of {where} is not made for a web server ({usage})"),
    _("Have it issued again for servers: extended key usage serverAuth, key usage digitalSignature."),
    blocks=True,
)
REVOKED = _fact(
    "tls.cert.revoked",
    "tls.revocation",
    Severity.CRITICAL,
    _("the issuer revoked the certificate “{certificate}” of {where} on {revoked_at:instant} ({reason})"),
    _("Have a new one issued with a new key, install it, and find out who asked for the revocation and why."),
    blocks=True,
)
REVOCATION_UNAVAILABLE = _fact(
    "tls.revocation.unavailable",
    "tls.revocation_source",
    Severity.INFO,
    Choice(
        fact="reason",
        texts=(
            ("stale", _("the list of revoked certificates of “{certificate}” ({where}) is out of date")),
            ("forged", _("the list of revoked certificates of “{certificate}” ({where}) is not signed by its issuer")),
            ("unreadable", _("the list of revoked certificates of “{certificate}” ({where}) cannot be read: {detail}")),
            ("others", _("the list of revoked certificates of “{certificate}” ({where}) is about others: {detail}")),
        ),
        default=_("the list of revoked certificates of “{certificate}” ({where}) cannot be had: {detail}"),
    ),
    _("Nothing to do on the site. If it lasts, tell the issuer: {url}"),
    Maintenance.NONE,
)
KEY_WEAK = _fact(
    "tls.key.weak",
    "tls.strength",
    Severity.CRITICAL,
    _("the key of “{certificate}” ({where}) is too weak: {key}"),
    _("Make a new key (EC P-256, or RSA of 2048 bits at least) and have the certificate issued again."),
)
SIG_WEAK = _fact(
    "tls.sig.weak",
    "tls.strength",
    Severity.CRITICAL,
    _("“{certificate}” ({where}) is signed with {hash}, which browsers refuse"),
    _("Have it issued again, signed with SHA-256."),
)
KEY_UNUSUAL = _fact(
    "tls.key.unusual",
    "tls.info",
    Severity.INFO,
    _("the certificate “{certificate}” of {where} has a key that browsers do not speak: {key}"),
    _("Use an EC P-256 key for a site that browsers visit."),
    Maintenance.NONE,
)
LIFETIME_LONG = _fact(
    "tls.cert.lifetime_long",
    "tls.info",
    Severity.INFO,
    _("the certificate “{certificate}” of {where} is valid for {days} days; {limit} are allowed since it was issued"),
    _("Some browsers refuse it. Have shorter ones issued, by an automatic renewal."),
    Maintenance.NONE,
)
CHAIN_ORDER = _fact(
    "tls.chain.order",
    "tls.chain.shape",
    Severity.INFO,
    _("{where} sends its chain out of order"),
    _("Put each certificate before the one of its issuer: old clients need it."),
    Maintenance.NONE,
)
CHAIN_DUPLICATE = _fact(
    "tls.chain.duplicate",
    "tls.chain.shape",
    Severity.INFO,
    _("{where} sends “{certificate}” more than once"),
    _("Take the copy out of the chain file: it costs every visitor time."),
    Maintenance.NONE,
)
CHAIN_EXTRA = _fact(
    "tls.chain.extra",
    "tls.chain.shape",
    Severity.INFO,
    _("{where} sends certificates that lead nowhere: {extra}"),
    _("Take them out of the chain file: they cost every visitor time."),
    Maintenance.NONE,
)
CHAIN_OVERSIZE = _fact(
    "tls.chain.oversize",
    "tls.chain.shape",
    Severity.MINOR,
    Choice(
        fact="reason",
        texts=(("refused", _("{where} sends a chain so large that clients refuse it")),),
        default=_("{where} sends {count} certificates, {size:size} in all"),
    ),
    _("Leave only the server's certificate and its issuers in the chain file."),
)
KEY_CHANGED = _fact(
    "tls.key.changed",
    "tls.change",
    Severity.INFO,
    Choice(
        fact="reason",
        texts=(
            (
                "outside_window",
                _("the key of {where} changed although its certificate had {left:duration} to live"),
            ),
            ("issuer", _("the key of {where} changed, and {issuer} issued the new certificate, which is not expected")),
        ),
        default=_("the certificate of {where} was renewed with a new key"),
    ),
    _("Make sure that somebody of the house did it. If nobody did, treat the server as taken over."),
    Maintenance.PREVENTIVE,
)
ISSUER_CHANGED = _fact(
    "tls.issuer.changed",
    "tls.change",
    Severity.MINOR,
    choice(
        "reason",
        _("the issuer of the certificate of {where} was {former} and is now {issuer}"),
        unexpected=_("the certificate of {where} is issued by {issuer}; {expected} is expected"),
    ),
    _("Make sure that the change is meant, that CAA records allow it, and that its renewal is set up."),
    Maintenance.PREVENTIVE,
)

CERTIFICATE_RULES = (
    CERT_EXPIRED,
    CERT_NOT_YET_VALID,
    CERT_EXPIRING,
    CERT_RENEWAL_STALLED,
    CHAIN_EXPIRED,
    CHAIN_EXPIRING,
    NAME_MISMATCH,
    NAME_NO_SAN,
    SAN_REMOVED,
    SELF_SIGNED,
    UNTRUSTED_ROOT,
    CHAIN_INCOMPLETE,
    CHAIN_INVALID,
    BAD_USAGE,
    REVOKED,
    REVOCATION_UNAVAILABLE,
    KEY_WEAK,
    SIG_WEAK,
    KEY_UNUSUAL,
    LIFETIME_LONG,
    CHAIN_ORDER,
    CHAIN_DUPLICATE,
    CHAIN_EXTRA,
    CHAIN_OVERSIZE,
    KEY_CHANGED,
    ISSUER_CHANGED,
)
RULES: tuple[Rule, ...] = (*CERTIFICATE_RULES, *SERVICE_RULES, *HTTP_RULES)
