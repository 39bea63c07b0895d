"""The series of every check and site: what each run measured and found, in lines that a scrape only joins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache

from agent.metrics.lines import Family, Label, Lines, Type, is_name, labels
from checks.core.model import Key, Measure, Observed, Outcome, Severity

UP = Family(name="vigie_check_up", type=Type.GAUGE, help="0 while a finding above info is believed, else 1.")
LAST_RUN = Family(
    name="vigie_check_last_run_timestamp_seconds", type=Type.GAUGE, help="When the check last ran, whatever it gave."
)
LAST_SUCCESS = Family(
    name="vigie_check_last_success_timestamp_seconds",
    type=Type.GAUGE,
    help="When the check last could look and found nothing above info.",
)
RUNS = Family(name="vigie_check_runs_total", type=Type.COUNTER, help="Runs of the check by what they gave.")
FINDINGS = Family(name="vigie_findings", type=Type.GAUGE, help="Findings of the last run that could look.")
TICKETS_OPEN = Family(name="vigie_tickets_open", type=Type.GAUGE, help="Live tickets.")
OLDEST = Family(
    name="vigie_ticket_oldest_open_timestamp_seconds", type=Type.GAUGE, help="When the oldest live ticket was opened."
)
OPENED = Family(name="vigie_tickets_opened_total", type=Type.COUNTER, help="Tickets opened since the start.")
REOPENS = Family(name="vigie_ticket_reopens_total", type=Type.COUNTER, help="Tickets reopened since the start.")

FAMILIES = (UP, LAST_RUN, LAST_SUCCESS, RUNS, FINDINGS, TICKETS_OPEN, OLDEST, OPENED, REOPENS)

SEVERITIES = tuple(Severity)
TICKET_SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)


class Result(StrEnum):
    """What a run gave."""

    OK = "ok"
    FINDINGS = "findings"
    UNOBSERVED = "unobserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a check's series are labelled with."""

    key: Key
    client: str
    kind: str

    def pairs(self) -> tuple[Label, ...]:
        """Its labels, in the order they are shown."""
        key = self.key
        return (
            ("client", self.client),
            ("site", key.site),
            ("check", key.check),
            ("kind", self.kind),
            ("location", key.location),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The live tickets of one site (`site` is empty for the agent's own) and one severity."""

    client: str
    site: str
    severity: Severity
    count: int
    oldest: datetime


@dataclass(slots=True)
class _Counted:
    prefix: str
    measured: frozenset[Family] = frozenset()
    found: tuple[int, ...] = ()  # findings of each severity in the lines
    runs: dict[Result, int] = field(default_factory=lambda: dict.fromkeys(Result, 0))


@cache
def measured(name: str) -> Family | None:
    """The family of a measure: blackbox_exporter's names stay, others are ours; None for what is no name.

    Measures are named by the code of checks: there are some dozens.
    """
    full = name if name.startswith("probe_") else f"vigie_{name}"
    if not is_name(full):
        return None
    return Family(name=full, type=Type.GAUGE, help=f"{name.replace('_', ' ').capitalize()}, as the check measured it.")


def result(outcome: Outcome) -> Result:
    """What a run gave, in one word; findings below a ticket's severity are no findings here."""
    if not isinstance(outcome.answer, Observed):
        return Result.UNOBSERVED
    if any(finding.severity is not Severity.INFO for finding in outcome.answer.findings):
        return Result.FINDINGS
    return Result.OK


class Watched:
    """The series of checks and sites; they appear with the plan and disappear with it."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._known: dict[Key, _Counted] = {}
        self._sites: dict[str, str] = {}  # and their clients
        self._shown: dict[str, dict[Severity, Live]] = {}  # the live tickets in the lines
        self._opened: dict[tuple[str, Severity], int] = {}
        self._reopens: dict[str, int] = {}

    def plan(self, planned: Iterable[Labelled]) -> None:
        """Show exactly these checks; counters of a check that stays go on."""
        wanted = {one.key: one for one in planned}
        for key in [key for key in self._known if key not in wanted]:
            del self._known[key]
            self.lines.drop(key)
        for key, one in wanted.items():
            prefix = labels(*one.pairs())
            if key not in self._known or self._known[key].prefix != prefix:
                self.lines.drop(key)
                self._known[key] = _Counted(prefix=prefix)
                self._count(key, self._known[key])
        self._plan_sites({"": "", **{one.key.site: one.client for one in wanted.values()}})

    def ran(self, outcome: Outcome) -> None:
        """Show what a run measured and found; a run of a check that left the plan is ignored."""
        known = self._known.get(outcome.key)
        if known is None:
            return
        gave = result(outcome)
        known.runs[gave] += 1
        self._count(outcome.key, known)
        ended = outcome.started.timestamp() + outcome.seconds
        self.lines.put(outcome.key, LAST_RUN, [(known.prefix, ended)])
        if gave is Result.OK and not outcome.only:
            self.lines.put(outcome.key, LAST_SUCCESS, [(known.prefix, ended)])
        if isinstance(outcome.answer, Observed) and not outcome.only:
            self._found(outcome.key, known, outcome.answer)
            self._measured(outcome.key, known, outcome.answer.measures)

    def believed(self, key: Key, *, up: bool) -> None:
        """Show whether a check is believed to be well."""
        known = self._known.get(key)
        if known is not None:
            self.lines.put(key, UP, [(known.prefix, float(up))])

    def tickets(self, live: Iterable[Live]) -> None:
        """Show the live tickets; sites without one show 0."""
        by_site: dict[str, dict[Severity, Live]] = {}
        for one in live:
            by_site.setdefault(one.site, {})[one.severity] = one
        for site in self._sites:
            of_site = by_site.get(site, {})
            if self._shown.get(site) != of_site:  # rendering thousands of sites that are as before holds the loop
                self._show_tickets(site, of_site)

    def _show_tickets(self, site: str, live: dict[Severity, Live]) -> None:
        counts = [(one, live[one].count if one in live else 0) for one in TICKET_SEVERITIES]
        oldest = [(self._site_labels(site, one.severity), one.oldest.timestamp()) for one in live.values()]
        owner = ("site", site)
        self.lines.put(owner, TICKETS_OPEN, [(self._site_labels(site, one), count) for one, count in counts])
        self.lines.put(owner, OLDEST, oldest)
        self._shown[site] = live

    def opened(self, site: str, severity: Severity) -> None:
        """Count a ticket that was opened."""
        self._opened[site, severity] = self._opened.get((site, severity), 0) + 1
        self._count_site(site)

    def reopened(self, site: str) -> None:
        """Count a ticket that was reopened."""
        self._reopens[site] = self._reopens.get(site, 0) + 1
        self._count_site(site)

    def _plan_sites(self, wanted: Mapping[str, str]) -> None:
        for site in [site for site, client in self._sites.items() if wanted.get(site) != client]:
            self.lines.drop(("site", site))
            self._shown.pop(site, None)
        self._sites = dict(wanted)
        for site in wanted:
            self._count_site(site)

    def _site_labels(self, site: str, severity: Severity | None = None) -> str:
        pairs = (("client", self._sites[site]), ("site", site))
        return labels(*pairs, ("severity", severity.value)) if severity else labels(*pairs)

    def _count_site(self, site: str) -> None:
        if site not in self._sites:
            return
        counts = [(self._site_labels(site, one), self._opened.get((site, one), 0)) for one in TICKET_SEVERITIES]
        self.lines.put(("site", site), OPENED, counts)
        self.lines.put(("site", site), REOPENS, [(self._site_labels(site), self._reopens.get(site, 0))])

    def _count(self, key: Key, known: _Counted) -> None:
        counts = [(f'{known.prefix},result="{gave}"', float(count)) for gave, count in known.runs.items()]
        self.lines.put(key, RUNS, counts)

    def _found(self, key: Key, known: _Counted, answer: Observed) -> None:
        said = [finding.severity for finding in answer.findings]
        found = tuple([said.count(one) for one in SEVERITIES])
        if found != known.found:
            known.found = found
            samples = [(f'{known.prefix},severity="{one}"', n) for one, n in zip(SEVERITIES, found, strict=True)]
            self.lines.put(key, FINDINGS, samples)

    def _measured(self, key: Key, known: _Counted, measures: Iterable[Measure]) -> None:
        """Replace the measures of the run before; what this run did not measure is gone."""
        by_family: dict[Family, list[tuple[str, float]]] = {}
        for measure in measures:
            family = measured(measure.name)
            if family is not None:
                own = f"{known.prefix},{labels(*measure.labels)}" if measure.labels else known.prefix
                by_family.setdefault(family, []).append((own, measure.value))
        for family in known.measured - by_family.keys():
            self.lines.drop(key, family)
        for family, samples in by_family.items():
            self.lines.put(key, family, samples)
        known.measured = frozenset(by_family)
