"""Asks a Prometheus over its HTTP API; instants are UTC."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TIMEOUT = 30.0  # seconds for one answer


class NoAnswer(Exception):
    """Prometheus is not there, or refuses the query; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One answer: its labels, and its values over time (one, when an instant was asked for)."""

    labels: tuple[tuple[str, str], ...]
    points: tuple[tuple[datetime, float], ...]

    def label(self, name: str) -> str:
        """The value of a label, empty when there is none."""
        return dict(self.labels).get(name, "")

    @property
    def value(self) -> float:
        """The last value."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """Where one is: `http://host:port`, with a path if it has one."""

    address: str

    def now(self, expr: str, at: datetime) -> tuple[Series, ...]:
        """Ask for the values of one instant; raises `NoAnswer`."""
        return self._ask("query", {"query": expr, "time": _written(at)})

    def over(self, expr: str, start: datetime, end: datetime, step: timedelta) -> tuple[Series, ...]:
        """Ask for the values of a range, both ends included; raises `NoAnswer`."""
        bounds = {"start": _written(start), "end": _written(end), "step": f"{step.total_seconds():g}"}
        return self._ask("query_range", {"query": expr, **bounds})

    def _ask(self, what: str, fields: dict[str, str]) -> tuple[Series, ...]:
        url = f"{self.address.rstrip('/')}/api/v1/{what}"
        if not url.startswith(("http://", "https://")):
            message = f"{self.address} is not the address of a Prometheus"
            raise NoAnswer(message)
        request = Request(url, data=urlencode(fields).encode())  # noqa: S310  the scheme was looked at above
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                result = json.load(answer)["data"]["result"]
        except HTTPError as error:
            message = f"Prometheus refuses {fields['query']}: {_reason(error)}"
            raise NoAnswer(message) from error
        except (URLError, OSError, ValueError, KeyError) as error:
            message = f"no Prometheus answers at {self.address} ({error})"
            raise NoAnswer(message) from error
        return tuple(_series(each) for each in result if isinstance(each, dict))


def _series(raw: dict[str, Any]) -> Series:
    values = raw.get("values") or [raw["value"]]
    points = tuple((datetime.fromtimestamp(at, UTC), float(value)) for at, value in values)
    return Series(labels=tuple(sorted(raw["metric"].items())), points=points)


def _reason(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError):
        return f"status {error.code}"


def _written(at: datetime) -> str:
    return f"{at.timestamp():.3f}"
