"""The rules of how an endpoint answers: protocols, suites, addresses, client certificates, staples, DNS records."""

from typing import Final

from checks.core.model import Confirm, Layer, Maintenance, Rule, Severity
from checks.core.text import Choice, Says, _, choice

_WATCHED: Final = frozenset({"addresses", "versions", "classes", "alert"})


def _rule(
    rule_id: str,
    family: str,
    severity: Severity,
    says: Says,
    advice: Says,
    maintenance: Maintenance = Maintenance.PREVENTIVE,
    *,
    layer: Layer = Layer.TLS,
    confirm: Confirm = Confirm.FACT,
    blocks: bool = False,
) -> Rule:
    return Rule(
        id=rule_id,
        family=family,
        severity=severity,
        maintenance=maintenance,
        layer=layer,
        says=says,
        advice=advice,
        confirm=confirm,
        blocks=blocks,
        watch=_WATCHED,
    )


STAPLE_MISSING = _rule(
    "tls.staple.missing",
    "tls.staple",
    Severity.MAJOR,
    _("the certificate “{certificate}” of {where} demands an OCSP staple and none is sent: some browsers refuse it"),
    _("Turn OCSP stapling on, or have the certificate issued again without “must-staple”, which issuers give up."),
    Maintenance.CORRECTIVE,
)
NO_MODERN = _rule(
    "tls.proto.no_modern",
    "tls.proto",
    Severity.CRITICAL,
    _("{where} speaks neither TLS 1.2 nor TLS 1.3, only {versions}: browsers refuse it"),
    _("Turn TLS 1.2 and 1.3 on (ssl_protocols, SSLProtocol) and bring the server's TLS library up to date."),
    Maintenance.CORRECTIVE,
    blocks=True,
)
LEGACY = _rule(
    "tls.proto.legacy",
    "tls.proto",
    Severity.MINOR,
    _("{where} still speaks {versions}"),
    _("Turn them off: nginx “ssl_protocols TLSv1.2 TLSv1.3”, Apache “SSLProtocol -all +TLSv1.2 +TLSv1.3”."),
)
NO_TLS13 = _rule(
    "tls.proto.no_tls13",
    "tls.proto",
    Severity.INFO,
    _("{where} does not speak TLS 1.3"),
    _("Turn it on: connections open faster and no weak option is left."),
    Maintenance.NONE,
    confirm=Confirm.NONE,
)
WEAK_CIPHER = _rule(
    "tls.cipher.weak",
    "tls.cipher",
    Severity.MAJOR,
    _("{where} accepts weak cipher suites ({classes}): {suites}"),
    _("Take them out of the server's list of ciphers; Mozilla's “intermediate” list serves every browser of today."),
)
NO_FS = _rule(
    "tls.cipher.no_fs",
    "tls.cipher",
    Severity.MINOR,
    choice(
        "reason",
        _("{where} also accepts suites without forward secrecy: {suites}"),
        only=_("{where} offers no forward secrecy: whoever steals the key reads all that was ever recorded"),
    ),
    _("Put ECDHE suites first and take those that begin with TLS_RSA_ out."),
)
CLIENT_CERT = _rule(
    "tls.client_cert_required",
    "tls.client_cert",
    Severity.MAJOR,
    _("{where} demands a certificate of its visitors"),
    _("Take the demand away (ssl_verify_client, SSLVerifyClient); if it is meant, set client_cert = true."),
    Maintenance.CORRECTIVE,
)
ADDR_DIFFERS = _rule(
    "tls.addr.differs",
    "tls.address",
    Severity.INFO,
    _("the addresses of {where} show different certificates: {seen}"),
    _("Nothing if a renewal is on its way to all servers; else bring them to one certificate."),
    Maintenance.NONE,
    confirm=Confirm.NONE,
)
DEFAULT_DIFFERS = _rule(
    "tls.sni.default_differs",
    "tls.info",
    Severity.INFO,
    choice(
        "reason",
        _("without the name of the site (SNI), {where} shows another certificate: “{other}”"),
        refused=_("without the name of the site (SNI), {where} refuses to answer"),
    ),
    _("Nothing for browsers; very old clients and some crawlers see it."),
    Maintenance.NONE,
    confirm=Confirm.NONE,
)
CAA_FORBIDS = _rule(
    "tls.caa.forbids_issuer",
    "tls.dns",
    Severity.MINOR,
    _("the CAA records of {zone} ({records}) forbid {issuer} to issue for {host}: the next renewal will fail"),
    _("Add a CAA record for the issuer in use ({wanted}), or change the issuer."),
    layer=Layer.DNS,
)
DANE_MISMATCH = _rule(
    "tls.dane.mismatch",
    "tls.dns",
    Severity.MAJOR,
    _("no TLSA record of {name} matches the certificate of {where}: clients that follow DANE refuse it"),
    _("Publish the record of the certificate in use ({wanted}) before each change of key."),
    layer=Layer.DNS,
)


def _connection(rule_id: str, says: Says, advice: Says, layer: Layer = Layer.TLS) -> Rule:
    """Major while another address answers; it only blocks when no visitor passes."""
    return _rule(
        rule_id,
        "tls.connection",
        Severity.MAJOR,
        says,
        advice,
        Maintenance.CORRECTIVE,
        layer=layer,
        confirm=Confirm.NETWORK,
    )


CONNECT_REFUSED = _connection(
    "tls.connect.refused",
    Choice(
        fact="reason",
        texts=(
            ("unreachable", _("{where} cannot be reached: {detail}")),
            ("connect_timeout", _("{where} does not accept connections in time")),
        ),
        default=_("{where} refuses connections"),
    ),
    _("Start the server on this address, open its port, or take the address out of the DNS."),
    Layer.TCP,
)
HANDSHAKE_TIMEOUT = _connection(
    "tls.handshake.timeout",
    choice(
        "reason",
        _("{where} does not finish the TLS handshake in time"),
        quiet=_("{where} accepts connections and says nothing"),
    ),
    _(
        "Look at the load and the processes of the server behind this address; take the address out of the DNS"
        " meanwhile."
    ),
)
HANDSHAKE_RESET = _connection(
    "tls.handshake.reset",
    _("{where} cuts the connection during the TLS handshake: {detail}"),
    _("Look at the server's and the load balancer's log of this address; take the address out of the DNS meanwhile."),
)
HANDSHAKE_ALERT = _connection(
    "tls.handshake.alert",
    _("{where} refuses the TLS handshake: {alert}"),
    choice(
        "alert",
        _("Look the alert up in the server's log; often no certificate is configured for this name."),
        unrecognized_name=_("Configure a virtual host with a certificate for this name."),
        protocol_version=_("Turn TLS 1.2 and 1.3 on."),
        handshake_failure=_("Give the server a certificate and cipher suites that clients of today speak."),
    ),
)
HANDSHAKE_FAILED = _connection(
    "tls.handshake.failed",
    _("the TLS handshake with {where} fails: {detail}"),
    _("Check that key and certificate belong together, and bring the server's TLS library up to date."),
)
NOT_TLS = _rule(
    "tls.not_tls",
    "tls.connection",
    Severity.CRITICAL,
    Choice(
        fact="speaks",
        texts=(("something else", _("{where} does not speak TLS")), ("STARTTLS", _("{where} offers no TLS: {detail}"))),
        default=_("{where} speaks {speaks} without TLS"),
    ),
    _("Turn TLS on for this port (nginx “listen 443 ssl”, Apache “SSLEngine on”)."),
    Maintenance.CORRECTIVE,
    confirm=Confirm.NETWORK,
    blocks=True,
)

SERVICE_RULES = (
    STAPLE_MISSING,
    NO_MODERN,
    LEGACY,
    NO_TLS13,
    WEAK_CIPHER,
    NO_FS,
    CLIENT_CERT,
    ADDR_DIFFERS,
    DEFAULT_DIFFERS,
    CAA_FORBIDS,
    DANE_MISMATCH,
    CONNECT_REFUSED,
    HANDSHAKE_TIMEOUT,
    HANDSHAKE_RESET,
    HANDSHAKE_ALERT,
    HANDSHAKE_FAILED,
    NOT_TLS,
)
