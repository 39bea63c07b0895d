"""The sites with their checks as those who show them need them, and in the JSON that other programs read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent.plan import Planned
from agent.present.outcome_json import Json, instant
from checks.core.model import ALL, Finding, Key, Observed, Outcome, Severity
from checks.parse.redact import url


class Status(StrEnum):
    """How a check stands."""

    OK = "ok"
    FAILING = "failing"  # something is believed to be wrong
    UNKNOWN = "unknown"  # the last run could not look or could judge nothing
    WAITING = "waiting"  # it has not run yet


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check of a site."""

    key: Key
    kind: str
    target: str
    every: timedelta
    status: Status
    wrong: tuple[Finding, ...]  # believed, the gravest first
    last: Outcome | None

    @property
    def severity(self) -> Severity | None:
        """The gravest of what is wrong."""
        return self.wrong[0].severity if self.wrong else None

    @property
    def ended(self) -> datetime | None:
        """When the last run was over."""
        return None if self.last is None else self.last.started + timedelta(seconds=self.last.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One site."""

    id: str
    client: str
    contract: str | None
    phase: str
    language: str
    checks: tuple[CheckView, ...]

    @property
    def status(self) -> Status:
        """How the site stands: the worst of its checks."""
        return max((check.status for check in self.checks), key=_WORSE.index, default=Status.WAITING)


_WORSE = (Status.OK, Status.WAITING, Status.UNKNOWN, Status.FAILING)


def site_views(
    planned: Iterable[Planned], believed: Mapping[Key, Iterable[Finding]], latest: Mapping[Key, Outcome]
) -> tuple[SiteView, ...]:
    """Return the planned sites, in the order of the configuration."""
    by_site: dict[str, list[Planned]] = {}
    for one in planned:
        by_site.setdefault(one.key.site, []).append(one)
    return tuple(
        SiteView(
            id=site,
            client=of[0].client,
            contract=of[0].contract,
            phase=of[0].phase.value,
            language=of[0].language,
            checks=tuple(_check(one, tuple(believed.get(one.key, ())), latest.get(one.key)) for one in of),
        )
        for site, of in by_site.items()
    )


def _check(planned: Planned, believed: tuple[Finding, ...], last: Outcome | None) -> CheckView:
    return CheckView(
        key=planned.key,
        kind=planned.kind,
        target=url(planned.target),
        every=planned.every,
        status=_status(bool(believed), last),
        wrong=tuple(sorted(believed, key=lambda finding: -finding.severity.rank)),
        last=last,
    )


def _status(wrong: bool, last: Outcome | None) -> Status:
    if wrong:
        return Status.FAILING
    if last is None:
        return Status.WAITING
    answer = last.answer
    if not isinstance(answer, Observed) or any(u.families is ALL and u.subject is None for u in answer.untested):
        return Status.UNKNOWN
    return Status.OK


def site_json(site: SiteView) -> dict[str, Json]:
    """Return a site as the object that `sites` and the API show."""
    return {
        "id": site.id,
        "client": site.client,
        "contract": site.contract,
        "phase": site.phase,
        "language": site.language,
        "status": site.status.value,
        "checks": [_check_json(check) for check in site.checks],
    }


def _check_json(check: CheckView) -> Json:
    return {
        "name": check.key.check,
        "kind": check.kind,
        "target": check.target,
        "location": check.key.location,
        "every": check.every.total_seconds(),
        "status": check.status.value,
        "severity": check.severity.value if check.severity else None,
        "rules": [finding.rule.id for finding in check.wrong],
        "last_started": instant(check.last.started) if check.last else None,
        "last_seconds": round(check.last.seconds, 6) if check.last else None,
    }
