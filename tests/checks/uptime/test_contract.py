"""What users and other programs rely on, typed here once more: reasons, what they stop, options, measures."""

from dataclasses import fields
from pathlib import Path

import pytest

from checks.core.options import Common
from checks.net.http.failure import Reason
from checks.uptime import CHECK
from checks.uptime.options import Options
from tests.checks.test_every_check import judged
from tests.checks.uptime.harness import SCENARIOS
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.probe import measure, observed, probe
from tests.lab.http.server import OK, answering, serving

DOCS = Path(__file__).parents[3].joinpath("docs", "checks", "uptime.md").read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    return text.split()


DOWN = words(
    """
    dns_nxdomain dns_timeout dns_servfail dns_no_address dns_private connect_refused connect_timeout
    connect_unreachable connect_reset tls_expired tls_not_yet_valid tls_wrong_host tls_untrusted tls_self_signed
    tls_handshake tls_not_tls timeout_headers timeout_body truncated bad_encoding bad_http status too_large
    """
)
REDIRECT = words(
    """
    redirect_loop redirect_limit redirect_bad redirect_guarded
    """
)
ASTRAY = words(
    """
    redirect_foreign redirect_downgrade
    """
)
CONDITIONS = words(
    """
    keyword_missing keyword_forbidden json header
    """
)
PAGES = words(
    """
    blank_page error_page maintenance_page parked_page
    """
)
TABLE = {
    **dict.fromkeys(DOWN, ("uptime.down", True)),
    **dict.fromkeys(REDIRECT, ("uptime.redirect", True)),
    **dict.fromkeys(ASTRAY, ("uptime.redirect", False)),
    **dict.fromkeys(CONDITIONS, ("uptime.content", False)),
    **dict.fromkeys(PAGES, ("uptime.content", True)),
    "slow": ("uptime.slow", False),
    "address": ("uptime.address", False),
    "bot_challenge": ("uptime.blocked", False),
}
OPTIONS = words(
    """
    method body expect_status contains not_contains matches not_matches json header slow_after follow_redirects
    max_redirects auth proxy ip_version max_bytes
    """
)
MEASURES = words(
    """
    probe_success probe_duration_seconds probe_dns_lookup_time_seconds probe_http_duration_seconds
    probe_http_status_code probe_http_content_length probe_http_uncompressed_body_length probe_http_redirects
    probe_http_ssl probe_http_version probe_ip_protocol probe_failed_due_to_regex probe_tls_version_info
    probe_ssl_earliest_cert_expiry probe_failure_info
    """
)
ALWAYS = set(MEASURES) - {
    "probe_ip_protocol", "probe_tls_version_info", "probe_ssl_earliest_cert_expiry", "probe_failure_info",
}  # fmt: skip


def test_every_reason_has_its_rule_and_stops_visitors_or_not() -> None:
    said = {
        str(finding.fact("reason")): (finding.rule.id, finding.blocks)
        for one in SCENARIOS
        for finding in judged("uptime", one).findings
    }
    assert said == TABLE
    assert {reason.value for reason in Reason} <= set(TABLE)


@pytest.mark.parametrize("word", sorted({*TABLE, *OPTIONS, *MEASURES}))
def test_the_documentation_names_it(word: str) -> None:
    assert f"`{word}" in DOCS


def test_options_have_the_names_of_the_contract() -> None:
    own = {one.name for one in fields(Options)} - {one.name for one in fields(Common)}
    assert own == {*OPTIONS, "http2"}
    assert Options().expect_status == ("200-299",)
    assert Options().follow_redirects
    assert (Options().max_redirects, CHECK.timeout.total_seconds()) == (10, 10)


async def test_the_measures_of_each_way_to_end(tmp_path: Path) -> None:
    """Name by name: what dashboards made for blackbox_exporter find here."""
    authority = Authority.make(tmp_path)
    resolve = ((HOST, ("127.0.0.1",)),)
    async with serving(answering(OK)) as plain, serving(answering(OK), tls=authority.server()) as secure:
        url = secure.url(host=HOST, scheme="https")
        outcomes = {
            "plain": (await probe(plain.url()), {"probe_ip_protocol"}),
            "plain-down": (await probe(plain.url(), contains=("x",)), {"probe_ip_protocol", "probe_failure_info"}),
            "secure": (
                await probe(url, ca_file=authority.file, resolve=resolve),
                set(MEASURES) - {"probe_failure_info"},
            ),
            "untrusted": (await probe(url, resolve=resolve), set(MEASURES)),
        }
    outcomes["refused"] = (await probe(plain.url()), {"probe_ip_protocol", "probe_failure_info"})
    for name, (outcome, also) in outcomes.items():
        told = {one.name for one in observed(outcome).measures}
        assert told == ALWAYS | also, name
        labels = [(one.name, one.labels) for one in observed(outcome).measures]
        assert len(labels) == len(set(labels))
    assert measure(outcomes["secure"][0], "probe_http_ssl") == 1
    assert measure(outcomes["untrusted"][0], "probe_http_ssl") == 0
    assert measure(outcomes["untrusted"][0], "probe_failure_info", reason="tls_untrusted") == 1
    assert measure(outcomes["refused"][0], "probe_http_status_code") == 0
    assert measure(outcomes["plain"][0], "probe_http_version") == 1.1
