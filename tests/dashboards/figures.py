"""Expressions of the dashboards and rules, and the same figures as the agent's store has them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from dashboards.preview import panels
from dashboards.preview.prometheus import Series

RULES = Path(__file__).resolve().parents[2] / "dashboards" / "prometheus" / "rules.yml"
LIVE = "('open', 'acknowledged', 'in_progress', 'pending')"
MEASURED = (
    "(SELECT c.site, m.value ->> 'name' AS name, m.value ->> 'value' AS value, m.value -> 'labels' AS labels"
    " FROM latest l JOIN checks c ON c.id = l.check_id, json_each(l.body, '$.answer.measures') m)"
)
BELIEVED = (
    "(SELECT c.site, t.finding FROM tracks t JOIN checks c ON c.id = t.check_id"
    " WHERE t.belief != 'suspected' AND c.site != 'agent')"
)
RANK = "CASE finding ->> 'severity' WHEN 'critical' THEN 3 WHEN 'major' THEN 2 ELSE 1 END"

Table = dict[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One expression, as it is asked of Prometheus."""

    where: str
    expr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An expression and the rows of the store that say the same: values of the labels in `by`, then the number."""

    where: str
    by: tuple[str, ...] = ()
    sql: str
    within: float = 1e-6  # how far apart the two may be

    def read(self, answer: Sequence[Series]) -> Table:
        """Prometheus' answer in the same shape as the store's."""
        return {tuple(series.label(name) for name in self.by): series.value for series in answer}

    def agrees(self, answer: Table, stored: Table) -> bool:
        """Whether both say the same."""
        return answer.keys() == stored.keys() and all(abs(answer[key] - stored[key]) <= self.within for key in stored)


def of_panels(span: timedelta, rate: timedelta) -> list[Asked]:
    """Every expression of every panel; what stands in `where` is unique."""
    return [
        Asked(where=f"{name}: {panel.title}: {target.ref}", expr=panels.fill(target.expr, span=span, rate=rate))
        for name in panels.names()
        for panel in panels.read(name).panels
        for target in panel.targets
    ]


def of_rules() -> list[Asked]:
    """What every rule watches: its expression without the bounds, so that it answers while all is well."""
    text = RULES.read_text(encoding="utf-8")
    found = re.findall(r"- alert: (\w+)\n(?:\s+#.*\n)*\s+expr: (?:\|\n((?:\s{10,}.*\n)+)|(.*)\n)", text)
    bound = re.compile(r"\s*(?:[<>]=?|==)\s*[\d.]+(?:\s*[*^]\s*[\d.]+)*")
    return [Asked(where=f"rules: {name}", expr=bound.sub("", block or line)) for name, block, line in found]


FIGURES = (
    Figure(where="fleet: Sites failing: A", sql=f"SELECT count(DISTINCT site) FROM {BELIEVED}"),
    *(
        Figure(
            where=f"fleet: {severity.capitalize()} tickets: A",
            sql=f"SELECT count(*) FROM tickets WHERE severity = '{severity}' AND state IN {LIVE}",
        )
        for severity in ("critical", "major", "minor")
    ),
    Figure(
        where="fleet: Could not look: A",
        sql="SELECT count(DISTINCT check_id) FROM outcomes WHERE result = 'unobserved'",
    ),
    Figure(where="fleet: Checks: A", sql="SELECT count(*) FROM checks WHERE site != 'agent'"),
    Figure(
        where="fleet: Failing now: A",
        by=("site", "reason"),
        sql=f"""SELECT site, f.value ->> 1, 0 FROM {BELIEVED}, json_each(finding, '$.facts') f
                WHERE f.value ->> 0 = 'reason'""",
    ),
    Figure(where="fleet: Failing now: B", by=("site",), sql=f"SELECT site, max({RANK}) FROM {BELIEVED} GROUP BY site"),
    Figure(
        where="fleet: Failing now: C",
        by=("site",),
        sql=f"""SELECT c.site, max(o.started + o.took) FROM outcomes o JOIN checks c ON c.id = o.check_id
                WHERE o.result = 'ok' AND c.site IN (SELECT site FROM {BELIEVED}) GROUP BY c.site""",
        within=2.0,  # milliseconds: the store rounds start and length
    ),
    Figure(
        where="fleet: Failing now: D",
        by=("site",),
        sql=f"SELECT site, min(opened_at) FROM tickets WHERE site != 'agent' AND state IN {LIVE} GROUP BY site",
        within=1.0,
    ),
    Figure(
        where="fleet: Failing now: E",
        by=("site",),
        sql=f"SELECT site, count(*) FROM tickets WHERE site != 'agent' AND state IN {LIVE} GROUP BY site",
    ),
    Figure(
        where="fleet: Failed within this time: A",
        by=("site",),
        sql=f"SELECT DISTINCT site, 0 FROM {BELIEVED}",
    ),
    Figure(
        where="fleet: Live tickets: A",
        by=("severity",),
        sql=f"""SELECT s.value, (SELECT count(*) FROM tickets WHERE severity = s.value AND state IN {LIVE})
                FROM json_each('["critical", "major", "minor"]') s""",
    ),
    Figure(
        where="fleet: Slowest to answer: A",
        by=("site",),
        sql=f"SELECT site, value FROM {MEASURED} WHERE name = 'probe_duration_seconds'",
    ),
    Figure(
        where="fleet: Where the time goes: A",
        by=("phase",),
        sql=f"""SELECT labels ->> '$[0][1]', avg(value) FROM {MEASURED} WHERE name = 'probe_http_duration_seconds'
                GROUP BY 1""",
    ),
    Figure(
        where="fleet: Certificates that end first: A",
        by=("site",),
        sql=f"""SELECT site, value - :now FROM {MEASURED}
                WHERE name IN ('probe_ssl_earliest_cert_expiry', 'tls_not_after_timestamp_seconds')""",
        within=0.01,
    ),
    Figure(
        where="agent-health: Last run: A",
        sql="SELECT :now - max(started + took) / 1000.0 FROM outcomes",
        within=0.01,
    ),
    Figure(where="agent-health: Outcomes not stored yet: A", sql="SELECT 0"),
    Figure(where="agent-health: Messages waiting: A", sql="SELECT count(*) FROM outbox WHERE state = 'pending'"),
    Figure(
        where="agent-health: Messages waiting, by channel: A",
        by=("channel",),
        sql="SELECT channel, sum(state = 'pending') FROM outbox GROUP BY channel",
    ),
    Figure(
        where="agent-health: Age of the oldest message: A",
        by=("channel",),
        sql="""SELECT channel, CASE WHEN sum(state = 'pending') THEN :now - min(made) / 1000.0 ELSE 0 END
               FROM outbox GROUP BY channel""",
    ),
    Figure(
        where="agent-health: Problems the agent found with itself: A",
        by=("rule",),
        sql="SELECT rule, 1 FROM tickets WHERE family LIKE 'agent.%' AND state IN " + LIVE,
    ),
    Figure(
        where="rules: VigieSilent",
        sql="SELECT :now - max(started + took) / 1000.0 FROM outcomes",
        within=0.01,
    ),
)
