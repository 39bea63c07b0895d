"""*Fleet*: which sites fail, since when, why, and where their tickets are."""

from grafana_foundation_sdk.builders import stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import dashboard

from dashboards.source.parts import (
    BAD,
    CHECKS,
    EACH,
    GOOD,
    NEUTRAL,
    SITES,
    UNKNOWN,
    WARN,
    AnyPanel,
    Column,
    Place,
    Query,
    lines,
    number,
    rows,
    states,
    steps,
    titled,
)

FAILING = f"min by ({EACH}) (vigie_check_up{{{CHECKS}}}) == 0"
ON = "on (client, site, check, location)"
TICKETS = ("Tickets of this site", "${page}/?site=${__data.fields.Site}")
DAY = 86400

SEVERITIES = ((3, ("✖ critical", BAD)), (2, ("✖ major", BAD)), (1, ("▲ minor", WARN)), (0, ("–", UNKNOWN)))


def fleet() -> dashboard.Dashboard:
    """Build the dashboard."""
    made = titled(
        "vigie-fleet",
        "Vigie: Fleet",
        "Every maintained site: what fails now, its tickets, and how the sites answer.",
        agents=False,
        other=("vigie-agent-health", "Agent health"),
    )
    panels: list[AnyPanel] = [
        *figures(),
        failing_now(),
        failed_lately(),
        live_tickets(),
        slowest(),
        phases(),
        results(),
        certificates(),
    ]
    for identity, panel in enumerate(panels, 1):
        made = made.with_panel(panel.id(identity))
    return made.build()


def figures() -> list[stat.Panel]:
    """The first line: how many of what."""
    none_is_good = steps((None, GOOD), (1, BAD))
    unlooked = f'sum by ({EACH}) (increase(vigie_check_runs_total{{result="unobserved", {CHECKS}}}[5m])) > 0'
    return [
        number(
            _figure("Sites failing", "Sites with at least one check whose anomaly is believed."),
            Query(expr=f"count(count by (client, site) ({FAILING})) or vector(0)"),
            "none",
            none_is_good,
        ),
        number(
            _figure("Critical tickets", "Live tickets of severity critical (bloquante)."),
            Query(expr=_tickets("critical")),
            "none",
            none_is_good,
        ),
        number(
            _figure("Major tickets", "Live tickets of severity major (majeure)."),
            Query(expr=_tickets("major")),
            "none",
            none_is_good,
        ),
        number(
            _figure("Minor tickets", "Live tickets of severity minor (mineure)."),
            Query(expr=_tickets("minor")),
            "none",
            steps((None, GOOD), (1, WARN)),
        ),
        number(
            _figure(
                "Could not look", "Checks that could not look at least once in 5 minutes: says nothing of the site."
            ),
            Query(expr=f"count({unlooked}) or vector(0)"),
            "none",
            steps((None, GOOD), (1, WARN)),
        ),
        number(
            _figure("Checks", "Checks that are watched."),
            Query(expr=f"count(count by ({EACH}) (vigie_check_runs_total{{{CHECKS}}}))"),
            "none",
            steps((None, NEUTRAL)),
        ),
    ]


def _figure(title: str, says: str) -> Place:
    return Place(title=title, says=says, width=4, height=4)


def _tickets(severity: str) -> str:
    return f'sum(vigie_tickets_open{{severity="{severity}", {SITES}}})'


def failing_now() -> table.Panel:
    """The table that names what is wrong."""
    worst = " or ".join(
        f'{rank} * (vigie_findings{{severity="{severity}", {CHECKS}}} > bool 0)'
        for rank, severity in ((3, "critical"), (2, "major"), (1, "minor"))
    )
    reasons = f"0 * max by ({EACH}, reason) (probe_failure_info{{{CHECKS}}})"
    why = f"{reasons} + {ON} group_left () ({FAILING}) or {ON} ({FAILING})"
    good = f"1000 * max by ({EACH}) (vigie_check_last_success_timestamp_seconds{{{CHECKS}}} and {ON} ({FAILING}))"
    oldest = f"min by (client, site) (vigie_ticket_oldest_open_timestamp_seconds{{{SITES}}})"
    since = f"1000 * (({FAILING}) + on (client, site) group_left () {oldest})"
    tickets = f"sum by (client, site) (vigie_tickets_open{{{SITES}}})"
    live = f"({FAILING}) + on (client, site) group_left () {tickets}"
    return rows(
        Place(
            title="Failing now",
            says="One line for each check whose anomaly is believed. A site's name leads to its tickets.",
            width=24,
            height=8,
        ),
        [
            Query(expr=why),
            Query(expr=f"max by ({EACH}) (({worst}) and {ON} ({FAILING}))"),
            Query(expr=good),
            Query(expr=since),
            Query(expr=live),
        ],
        [
            Column(field="site", title="Site", link=TICKETS),
            Column(field="client", title="Client"),
            Column(field="check", title="Check"),
            Column(field="location", title="Location"),
            Column(field="Value #B", title="Worst finding", meaning=SEVERITIES),
            Column(field="reason", title="Reason"),
            Column(field="Value #C", title="Last good", unit="dateTimeFromNow"),
            Column(field="Value #D", title="Oldest ticket", unit="dateTimeFromNow"),
            Column(field="Value #E", title="Live tickets", unit="none", link=TICKETS),
        ],
        "Nothing fails.",
        worst="Worst finding",
    )


def failed_lately() -> statetimeline.Panel:
    """Strips of the checks that failed within the range."""
    expr = (
        f"min by ({EACH}) (vigie_check_up{{{CHECKS}}} and {ON}"
        f" (min_over_time(vigie_check_up{{{CHECKS}}}[$__range] @ end()) == 0))"
    )
    return states(
        Place(
            title="Failed within this time",
            says="Checks whose anomaly was believed at some moment of the range.",
            width=16,
            height=8,
        ),
        Query(expr=expr, name="{{site}} · {{check}}"),
        {1: ("✔ ok", GOOD), 0: ("✖ failing", BAD)},
        "Nothing failed within this time.",
    )


def live_tickets() -> timeseries.Panel:
    """Live tickets over the range."""
    return lines(
        Place(title="Live tickets", says="Live tickets by severity.", width=8, height=8),
        [Query(expr=f"sum by (severity) (vigie_tickets_open{{{SITES}}})", name="{{severity}}")],
        "none",
        stacked=True,
    )


def slowest() -> timeseries.Panel:
    """The slowest sites over the range."""
    slow = f"topk(8, avg_over_time(probe_duration_seconds{{{CHECKS}}}[$__range] @ end()))"
    return lines(
        Place(
            title="Slowest to answer",
            says="How long the whole probe took, for the eight checks that were slowest on average.",
            width=12,
            height=8,
        ),
        [Query(expr=f"probe_duration_seconds{{{CHECKS}}} and {ON} {slow}", name="{{site}} · {{check}}")],
        "s",
    )


def phases() -> timeseries.Panel:
    """Where the time of a probe goes."""
    return lines(
        Place(
            title="Where the time goes",
            says="Mean over all checks of the time spent in each phase of a probe.",
            width=12,
            height=8,
        ),
        [Query(expr=f"avg by (phase) (probe_http_duration_seconds{{{CHECKS}}})", name="{{phase}}")],
        "s",
        stacked=True,
    )


def results() -> timeseries.Panel:
    """What runs give."""
    return lines(
        Place(
            title="Runs by what they gave",
            says="Runs per second. Unobserved: Vigie could not look, which says nothing about a site.",
            width=12,
            height=8,
        ),
        [
            Query(
                expr=f"sum by (result) (rate(vigie_check_runs_total{{{CHECKS}}}[$__rate_interval]))",
                name="{{result}}",
            )
        ],
        "ops",
        stacked=True,
    )


def certificates() -> table.Panel:
    """The certificates that end first."""
    ends = f"vigie_tls_not_after_timestamp_seconds{{{CHECKS}}} or probe_ssl_earliest_cert_expiry{{{CHECKS}}}"
    return rows(
        Place(
            title="Certificates that end first",
            says="The twenty sites whose certificate has the least time left.",
            width=12,
            height=8,
            runbook="certificate-expiring",
        ),
        [Query(expr=f"sort(bottomk(20, min by (client, site) ({ends}) - time()))")],
        [
            Column(field="site", title="Site", link=TICKETS),
            Column(field="client", title="Client"),
            Column(
                field="Value",
                title="Time left",
                unit="dtdurations",
                thresholds=((None, BAD), (7 * DAY, WARN), (30 * DAY, GOOD)),
            ),
        ],
        "No certificate was seen.",
    )
