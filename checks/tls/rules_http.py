"""The rules of the way from http to https, and of the promise to stay there (HSTS)."""

from typing import Final

from checks.core.model import Confirm, Layer, Maintenance, Rule, Severity
from checks.core.text import Choice, Says, _, choice

_WATCHED: Final = frozenset({"leads_to", "header"})


def _rule(
    rule_id: str,
    family: str,
    severity: Severity,
    says: Says,
    advice: Says,
    *,
    maintenance: Maintenance = Maintenance.PREVENTIVE,
    confirm: Confirm = Confirm.FACT,
    blocks: bool = False,
) -> Rule:
    return Rule(
        id=rule_id,
        family=family,
        severity=severity,
        maintenance=maintenance,
        layer=Layer.HTTP,
        says=says,
        advice=advice,
        confirm=confirm,
        blocks=blocks,
        watch=_WATCHED,
    )


REDIRECT_MISSING = _rule(
    "http.https_redirect.missing",
    "http.https_redirect",
    Severity.MINOR,
    Choice(
        fact="reason",
        texts=(
            ("closed", _("{entry} does not answer: who types the name without https:// sees nothing")),
            ("elsewhere", _("{entry} leads to {leads_to}, which is not https")),
        ),
        default=_("{entry} answers without leading to https (status {status})"),
    ),
    _("Answer every http:// address with a 301 to the same address under https://."),
)
REDIRECT_FOREIGN = _rule(
    "http.https_redirect.foreign",
    "http.https_redirect",
    Severity.MAJOR,
    _("{entry} leads to another site: {leads_to}"),
    _("Lead to https:// on the same host first; if nobody of the house meant it, look for an intrusion."),
)
REDIRECT_TEMPORARY = _rule(
    "http.https_redirect.temporary",
    "http.https_redirect",
    Severity.INFO,
    _("{entry} leads to https by a temporary redirect (status {status})"),
    _("Use 301 or 308, so that browsers and search engines remember it."),
)
REDIRECT_LOOP = _rule(
    "http.redirect.loop",
    "http.redirect",
    Severity.MAJOR,
    _("{entry} goes round in circles: {leads_to}"),
    _("Tell the application that TLS ends before it (X-Forwarded-Proto), and redirect in one place only."),
    maintenance=Maintenance.CORRECTIVE,
    confirm=Confirm.NETWORK,
    blocks=True,
)
REDIRECT_DOWNGRADE = _rule(
    "http.redirect.downgrade",
    "http.redirect",
    Severity.MAJOR,
    _("{entry} leads from https back to http: {leads_to}"),
    _("Make every redirect of the site lead to https://."),
    maintenance=Maintenance.CORRECTIVE,
    confirm=Confirm.NETWORK,
)
HSTS_MISSING = _rule(
    "http.hsts.missing",
    "http.hsts",
    Severity.MINOR,
    _("{where} sends no Strict-Transport-Security header"),
    _("Send “Strict-Transport-Security: max-age=31536000” on every https answer."),
)
HSTS_SHORT = _rule(
    "http.hsts.short",
    "http.hsts",
    Severity.INFO,
    _("{where} asks browsers to stay on https for {max_age:duration} only"),
    _("Raise max-age to 31536000 (one year) once nothing needs http any more."),
)
HSTS_DISABLED = _rule(
    "http.hsts.disabled",
    "http.hsts",
    Severity.MINOR,
    _("{where} tells browsers to forget https (max-age=0)"),
    _("Send “Strict-Transport-Security: max-age=31536000”, unless https is being given up."),
)
HSTS_INVALID = _rule(
    "http.hsts.invalid",
    "http.hsts",
    Severity.MINOR,
    _("{where} sends a Strict-Transport-Security header that browsers ignore: {header} ({problem})"),
    _("Send “Strict-Transport-Security: max-age=31536000”."),
)
PRELOAD_BROKEN = _rule(
    "http.hsts.preload_broken",
    "http.hsts",
    Severity.MAJOR,
    choice(
        "problem",
        _("{host} is in the browsers' preload list and no longer meets its conditions: {problem}"),
        redirect=_("{host} is in the browsers' preload list, and http:// no longer leads to https:// on the same host"),
    ),
    _("Send “max-age=31536000; includeSubDomains; preload” again: a host that is removed takes months to come back."),
)

HTTP_RULES = (
    REDIRECT_MISSING,
    REDIRECT_FOREIGN,
    REDIRECT_TEMPORARY,
    REDIRECT_LOOP,
    REDIRECT_DOWNGRADE,
    HSTS_MISSING,
    HSTS_SHORT,
    HSTS_DISABLED,
    HSTS_INVALID,
    PRELOAD_BROKEN,
)
