"""Reads a committed dashboard: its panels, and what each asks Prometheus."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1]
MACRO = re.compile(r"\$(?:__)?[a-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One query of a panel; not `instant` asks for the whole range."""

    ref: str
    expr: str
    legend: str
    instant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How values are written: unit, bounds with the colour from each on, and words in place of numbers."""

    unit: str = "none"
    bounds: tuple[tuple[float, str], ...] = ()
    words: tuple[tuple[float, str, str], ...] = ()  # value, word, colour
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: a label, `Value`, or `Value #` and a query's letter."""

    field: str
    title: str
    looks: Looks
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel; its place in Grafana's grid of 24 columns."""

    kind: str
    title: str
    x: int
    y: int
    width: int
    height: int
    targets: tuple[Target, ...]
    looks: Looks
    nothing: str  # said when there is nothing to show
    columns: tuple[Column, ...] = ()
    first: str = ""  # the title of the column whose highest value stands first


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A dashboard."""

    title: str
    panels: tuple[Panel, ...]


def names() -> tuple[str, ...]:
    """The dashboards there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def read(name: str) -> Dashboard:
    """Read one dashboard as it is committed."""
    raw = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Dashboard(title=raw["title"], panels=tuple(_panel(each) for each in raw["panels"]))


def fill(expr: str, *, span: timedelta, rate: timedelta) -> str:
    """Put what Grafana would in place of its macros: everything chosen, the range, and the interval for rates.

    Raises `ValueError` for a macro it does not know.
    """
    known = {
        **dict.fromkeys(("$client", "$site", "$location", "$instance"), ".*"),
        "$__range": f"{round(span.total_seconds())}s",
        "$__rate_interval": f"{round(rate.total_seconds())}s",
    }
    strange = {found for found in MACRO.findall(expr) if found not in known}
    if strange:
        message = f"unknown macro {', '.join(sorted(strange))} in {expr}"
        raise ValueError(message)
    return MACRO.sub(lambda found: known[found[0]], expr)


def _panel(raw: Mapping[str, Any]) -> Panel:
    place, defaults = raw["gridPos"], raw["fieldConfig"]["defaults"]
    return Panel(
        kind=raw["type"],
        title=raw["title"],
        x=place["x"],
        y=place["y"],
        width=place["w"],
        height=place["h"],
        targets=tuple(_target(each) for each in raw["targets"]),
        looks=_looks(defaults),
        nothing=defaults.get("noValue", "no data"),
        columns=_columns(raw),
        first=next((each["displayName"] for each in raw["options"].get("sortBy", [])), ""),
    )


def _target(raw: Mapping[str, Any]) -> Target:
    return Target(
        ref=raw["refId"], expr=raw["expr"], legend=raw.get("legendFormat", ""), instant=bool(raw.get("instant"))
    )


def _looks(raw: Mapping[str, Any]) -> Looks:
    bounds = [(step["value"], step["color"]) for step in raw.get("thresholds", {}).get("steps", [])]
    words = [
        (float(value), shown.get("text", ""), shown.get("color", ""))
        for mapping in raw.get("mappings", [])
        for value, shown in mapping["options"].items()
    ]
    return Looks(
        unit=raw.get("unit", "none"),
        bounds=tuple((float("-inf") if value is None else float(value), colour) for value, colour in bounds),
        words=tuple(words),
        decimals=raw.get("decimals"),
    )


def _columns(raw: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of a table, in their order, as its `organize` transformation and overrides give them."""
    organize = next((each["options"] for each in raw["transformations"] if each["id"] == "organize"), None)
    if organize is None:
        return ()
    shown = {
        override["matcher"]["options"]: {each["id"]: each["value"] for each in override["properties"]}
        for override in raw["fieldConfig"]["overrides"]
    }
    titles: Mapping[str, str] = organize["renameByName"]
    return tuple(
        Column(
            field=field,
            title=titles[field],
            looks=_looks(shown.get(titles[field], {})),
            link=next((link["url"] for link in shown.get(titles[field], {}).get("links", [])), ""),
        )
        for field in sorted(titles, key=organize["indexByName"].__getitem__)
    )
