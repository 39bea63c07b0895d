"""Why a run could not look, or left something untested, in words."""

from typing import Final

from checks.core.text import _, choice

CAUSES: Final = choice(
    "cause",
    _("{cause}"),
    address_unreachable=_("an address did not answer"),
    addresses_unknown=_("the DNS did not tell the addresses"),
    another_answered=_("another address answered"),
    audit_not_due=_("the audit is not due yet"),
    auth=_("no access could be had"),
    bug=_("a fault of Vigie itself"),
    challenged=_("a bot challenge answered"),
    clock_in_doubt=_("this machine's clock is in doubt"),
    configuration=_("the configuration does not allow it"),
    dns_incomplete=_("the DNS did not tell all addresses"),
    encrypted=_("it came encrypted"),
    issuer_unknown=_("the issuer's certificate is missing"),
    no_answer=_("no answer came"),
    no_body=_("such an answer has no page"),
    no_certificate=_("no certificate came"),
    no_ipv4=_("this machine has no IPv4"),
    no_ipv6=_("this machine has no IPv6"),
    no_list=_("no revocation list is named"),
    not_asked=_("it was not asked for"),
    not_looked_at=_("it was not looked at"),
    nothing_to_compare=_("a single look has nothing to compare with"),
    preload_list_old=_("the preload list is too old"),
    proxy=_("the proxy cannot be used"),
    resolver=_("the resolver does not answer"),
    resources=_("this machine lacks resources"),
    revocation_off=_("revocation is switched off"),
    site_unreachable=_("the site cannot be reached"),
    timeout=_("it took too long"),
    unavailable=_("the site gives no usable answer"),
)
