"""The rules of the uptime check: what each reason means to a person, and what to do about it."""

from typing import Final

from checks.core.model import Confirm, Layer, Maintenance, Rule, Severity
from checks.core.text import _, choice

AVAILABLE: Final = "uptime.available"
WATCHED: Final = frozenset({"reason", "status"})

DOWN = Rule(
    id="uptime.down",
    family=AVAILABLE,
    severity=Severity.CRITICAL,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.HTTP,
    confirm=Confirm.NETWORK,
    blocks=True,
    watch=WATCHED,
    says=choice(
        "reason",
        _("the site gives no usable answer: {detail}"),
        dns_nxdomain=_("the name {host} does not exist in the DNS"),
        dns_timeout=_("the DNS servers did not answer for {host} in time"),
        dns_servfail=_("the DNS servers could not answer for {host} ({detail})"),
        dns_no_address=_("the name {host} has no usable address"),
        dns_private=_("{host} leads to an address that visitors cannot reach: {address}"),
        connect_refused=_("{address} refuses connections on port {port}"),
        connect_timeout=_("{address} does not answer on port {port}: the connection was not made in time"),
        connect_unreachable=_("{address} cannot be reached: {detail}"),
        connect_reset=_("{address} broke the connection off before answering"),
        tls_expired=_("the certificate has expired: browsers refuse {host}"),
        tls_not_yet_valid=_("the certificate is not valid yet: browsers refuse {host}"),
        tls_wrong_host=_("the certificate is not made out to {host}: browsers refuse it"),
        tls_untrusted=_("the certificate of {host} comes from nobody browsers trust, or its chain is incomplete"),
        tls_self_signed=_("the certificate of {host} is self-signed: browsers refuse it"),
        tls_handshake=_("no secure connection could be made with {host}: {detail}"),
        tls_not_tls=_("port {port} of {host} does not speak TLS"),
        timeout_headers=_("the server accepted the request but did not begin to answer in time"),
        timeout_body=_("the answer began but did not end in time"),
        truncated=_("the answer was cut off before its end: {detail}"),
        bad_encoding=_("the page is compressed in a way that no browser can read: {detail}"),
        bad_http=_("the answer is not valid HTTP: {detail}"),
        too_large=_("the answer is larger than allowed: {detail}"),
        status=_("the site answers with status {status} where {expected} is expected"),
    ),
    advice=choice(
        "reason",
        _("Open the address in a browser, then look at the server's error log for the time of the first failure."),
        dns_nxdomain=_("Check that the domain is paid for and that its zone still holds this name."),
        dns_timeout=_("Check the name servers of the domain, one by one, from outside."),
        dns_servfail=_("Check the name servers of the domain and, if the zone is signed, its DNSSEC signatures."),
        dns_no_address=_("Add the missing A or AAAA record to the zone."),
        dns_private=_(
            "Correct the record in the zone; if the site is meant to be internal, allow its range with allow_private."
        ),
        connect_refused=_("Check that the web server runs and listens on this port, and that the firewall lets it."),
        connect_timeout=_("Check that the machine is up, and the firewall in front of it."),
        connect_unreachable=_("Check the address in the zone and the route to the hosting provider."),
        connect_reset=_(
            "Check the server's error log: a process that dies or a firewall that cuts connections does this."
        ),
        tls_expired=_("Renew the certificate now, and find out why its automatic renewal failed."),
        tls_not_yet_valid=_("Check the clock of the machine that issued the certificate, or wait until it begins."),
        tls_wrong_host=_("Issue a certificate that names this host, or correct the server's configuration for it."),
        tls_untrusted=_(
            "Install the complete chain, intermediates included, of a certificate from a public authority."
        ),
        tls_self_signed=_("Install a certificate from a public authority."),
        tls_handshake=_("Check the TLS settings of the server: protocol versions, ciphers, and the certificate's key."),
        tls_not_tls=_("Check that TLS is switched on for this port."),
        timeout_headers=_("Look for what holds the application up: database, full process pool, an outside service."),
        timeout_body=_("Look for what holds the application up in the middle of the page, or for a saturated line."),
        truncated=_(
            "Check the error log: an application that dies while writing, or a wrong Content-Length, does this."
        ),
        bad_encoding=_("Check the compression settings of the server, the application and the proxy in front."),
        too_large=_("Check that this address gives the page that is meant; raise max_bytes if it does."),
    ),
)

REDIRECT = Rule(
    id="uptime.redirect",
    family=AVAILABLE,
    severity=Severity.MAJOR,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.HTTP,
    confirm=Confirm.NETWORK,
    blocks=True,
    watch=WATCHED,
    says=choice(
        "reason",
        _("the redirects of the site lead nowhere: {detail}"),
        redirect_loop=_("the site redirects in a loop, by {url}"),
        redirect_limit=_("the site redirects more than {limit} times"),
        redirect_bad=_("the site redirects to nowhere: {detail}"),
        redirect_foreign=_("the site redirects to another owner's domain: {to}"),
        redirect_downgrade=_("the site redirects from https to unprotected http: {to}"),
        redirect_guarded=_("the site redirects to an address that visitors cannot reach: {address}"),
    ),
    advice=choice(
        "reason",
        _("Follow the redirects one by one with the command below, and correct the rule that sends visitors astray."),
        redirect_foreign=_(
            "If this is not wanted, look for a hacked redirect rule; if it is, watch the new address instead."
        ),
        redirect_downgrade=_("Make every redirect of the site lead to https."),
    ),
)

ADDRESS = Rule(
    id="uptime.address",
    family="uptime.address",
    severity=Severity.MAJOR,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.TCP,
    confirm=Confirm.NETWORK,
    watch=frozenset({"failure"}),
    says=_("{address} fails while other addresses of {host} answer: {detail}"),
    advice=_(
        "Repair the server behind this address, or take the address out of the zone: some visitors get no answer."
    ),
)

CONTENT = Rule(
    id="uptime.content",
    family="uptime.content",
    severity=Severity.MAJOR,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.CONTENT,
    confirm=Confirm.NETWORK,
    watch=WATCHED,
    says=choice(
        "reason",
        _("the page is not what it should be: {detail}"),
        keyword_missing=_("the page no longer holds “{expected}”"),
        keyword_forbidden=_("the page holds “{expected}”, which must not be there"),
        json=_("the JSON answer fails a condition: {detail}"),
        header=_("a header field of the answer fails a condition: {detail}"),
        blank_page=_("the page is blank"),
        error_page=_("the site answers normally but shows an error page ({detail})"),
        maintenance_page=_("the site shows a maintenance page ({detail})"),
        parked_page=_("the domain shows a parking page: the site is gone ({detail})"),
    ),
    advice=choice(
        "reason",
        _("Open the page in a browser and compare it with the last good one."),
        maintenance_page=_("End the maintenance mode if the work is done; announce a maintenance window if it is not."),
        parked_page=_("Check at once that the domain is still paid for and still yours."),
        error_page=_("Look at the application's error log for the time of the first failure."),
    ),
)

SLOW = Rule(
    id="uptime.slow",
    family="uptime.slow",
    severity=Severity.MINOR,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.CONTENT,
    confirm=Confirm.NETWORK,
    says=_("the page took {seconds:duration}, more than {limit:duration}"),
    advice=_(
        "See which phase takes the time: long processing is the application's, long transfer the line's or the page's."
    ),
)

BLOCKED = Rule(
    id="uptime.blocked",
    family="uptime.blocked",
    severity=Severity.INFO,
    maintenance=Maintenance.NONE,
    layer=Layer.HTTP,
    confirm=Confirm.NONE,
    says=_("a bot challenge answered in place of the site: nothing can be said of it ({detail})"),
    advice=_("Let this agent's address or its User-Agent through the challenge."),
)

RULES: Final = (DOWN, REDIRECT, ADDRESS, CONTENT, SLOW, BLOCKED)
