"""What all dashboards are made of: one meaning for each colour, one way to query, the variables, the kinds of panel."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

# Colours mean the same on every panel, and never stand alone: a word or a sign says it too.
GOOD, WARN, BAD, UNKNOWN, NEUTRAL = "green", "orange", "red", "#8e8e8e", "blue"

DATASOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")
CHECKS = 'client=~"$client", site=~"$site", location=~"$location"'  # selects among a check's series
SITES = 'client=~"$client", site=~"$site"'  # among a site's
AGENTS = 'instance=~"$instance"'  # among an agent's own
EACH = "client, site, check, kind, location"

LEFT_OVER = ("Time", "__name__", "instance", "job", "kind", "Value")  # what a table shows only when asked to

PAGE = "http://127.0.0.1:8787"
RUNBOOKS = "http://127.0.0.1:9090/user/runbooks"

AnyPanel = stat.Panel | timeseries.Panel | table.Panel | statetimeline.Panel
Panel = TypeVar("Panel", stat.Panel, timeseries.Panel, table.Panel, statetimeline.Panel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What every panel has: words, room (of 24 columns), and where to read on."""

    title: str
    says: str
    width: int
    height: int
    runbook: str = ""  # the name of a page of docs/runbooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to Prometheus, and how its answer is called."""

    expr: str
    name: str = ""  # legend, or column


def instants(queries: Iterable[Query], *, rows: bool = False) -> list[prometheus.Dataquery]:
    """Ask for the values of now; `rows` as a table."""
    form = PromQueryFormat.TABLE if rows else PromQueryFormat.TIME_SERIES
    return [_query(letter, query).instant().format(form) for letter, query in _lettered(queries)]


def ranges(queries: Iterable[Query]) -> list[prometheus.Dataquery]:
    """Ask for the values of the whole range."""
    return [_query(letter, query).range() for letter, query in _lettered(queries)]


def _lettered(queries: Iterable[Query]) -> list[tuple[str, Query]]:
    return [(chr(ord("A") + number), query) for number, query in enumerate(queries)]


def _query(letter: str, query: Query) -> prometheus.Dataquery:
    asked = prometheus.Dataquery().expr(query.expr).ref_id(letter).datasource(DATASOURCE)
    return asked.legend_format(query.name) if query.name else asked


def steps(*pairs: tuple[float | None, str]) -> build.ThresholdsConfig:
    """Colour a value by the highest bound that it reaches; the first bound is None."""
    found = [dashboard.Threshold(value=bound, color=colour) for bound, colour in pairs]
    return build.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(found)


def words(meaning: Mapping[int, tuple[str, str]]) -> list[dashboard.ValueMapping]:
    """Say a word (and colour) in place of a number."""
    options = {
        str(value): dashboard.ValueMappingResult(text=text, color=colour, index=index)
        for index, (value, (text, colour)) in enumerate(meaning.items())
    }
    return [dashboard.ValueMap(options=options)]


def placed(panel: Panel, place: Place) -> Panel:
    """Give a panel its words and room."""
    panel = panel.title(place.title).description(place.says).datasource(DATASOURCE)
    panel = panel.span(place.width).height(place.height)
    if place.runbook:
        link = build.DashboardLink("Runbook").type(dashboard.DashboardLinkType.LINK)
        panel = panel.links([link.url(f"${{runbooks}}/{place.runbook}.md").target_blank(True)])
    return panel


def number(place: Place, query: Query, unit: str, thresholds: build.ThresholdsConfig) -> stat.Panel:
    """One figure of now, in large."""
    last = common_builder.ReduceDataOptions().calcs(["lastNotNull"])
    panel = placed(stat.Panel(), place).targets(list(instants([query]))).unit(unit).thresholds(thresholds)
    panel = panel.reduce_options(last).graph_mode(common.BigValueGraphMode.NONE)
    return panel.color_mode(common.BigValueColorMode.BACKGROUND).no_value("–")


def lines(place: Place, queries: Sequence[Query], unit: str, *, stacked: bool = False) -> timeseries.Panel:
    """Values over the range, from zero."""
    legend = common_builder.VizLegendOptions().show_legend(True).placement(common.LegendPlacement.BOTTOM)
    panel = placed(timeseries.Panel(), place).targets(list(ranges(queries))).unit(unit).axis_soft_min(0)
    panel = panel.legend(legend.display_mode(common.LegendDisplayMode.LIST)).line_width(2).no_value("no data")
    panel = panel.tooltip(common_builder.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI))
    if stacked:
        panel = panel.stacking(common_builder.StackingConfig().mode(common.StackingMode.NORMAL)).fill_opacity(40)
    return panel


def states(place: Place, query: Query, meaning: Mapping[int, tuple[str, str]], nothing: str) -> statetimeline.Panel:
    """What was in which state when, with the state's word in the strip."""
    panel = placed(statetimeline.Panel(), place).targets(list(ranges([query]))).mappings(words(meaning))
    return panel.show_value(common.VisibilityMode.AUTO).fill_opacity(80).no_value(nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: a label, or the value of a query (`Value #A`)."""

    field: str
    title: str
    unit: str = ""
    link: tuple[str, str] | None = None  # words, address
    meaning: tuple[tuple[int, tuple[str, str]], ...] = ()
    thresholds: tuple[tuple[float | None, str], ...] = ()

    def override(self) -> list[dashboard.DynamicConfigValue]:
        """How Grafana shows it."""
        shown: list[tuple[str, object]] = []
        if self.unit:
            shown.append(("unit", self.unit))
        if self.link:
            link = {"title": self.link[0], "url": self.link[1], "targetBlank": True}
            shown.append(("links", [link]))
        if self.meaning:
            shown.append(("mappings", words(dict(self.meaning))))
        if self.thresholds:
            shown.append(("thresholds", steps(*self.thresholds).build()))
        if self.meaning or self.thresholds:
            shown.append(("custom.cellOptions", {"type": "color-text"}))
        return [dashboard.DynamicConfigValue(id_val=key, value=value) for key, value in shown]


def rows(
    place: Place, queries: Sequence[Query], columns: Sequence[Column], nothing: str, *, worst: str = ""
) -> table.Panel:
    """A table of now, one row for each set of labels that the queries share; the highest of column `worst` first."""
    shown = {column.field: number for number, column in enumerate(columns)}
    values = [f"Value #{letter}" for letter, _ in _lettered(queries)]
    hidden = [name for name in (*LEFT_OVER, *values) if name not in shown]
    organize: dict[str, object] = {
        "excludeByName": dict.fromkeys(hidden, True),  # Grafana before 10.3 knows only this
        "includeByName": dict.fromkeys(shown, True),
        "indexByName": shown,
        "renameByName": {column.field: column.title for column in columns},
    }
    panel = placed(table.Panel(), place).targets(list(instants(queries, rows=True))).no_value(nothing)
    panel = panel.show_header(True)
    if len(queries) > 1:
        panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="merge", options={}))
    panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="organize", options=organize))
    if worst:
        panel = panel.sort_by([common_builder.TableSortByFieldState().display_name(worst).desc(True)])
    for column in columns:
        if column.override():
            panel = panel.override_by_name(column.title, column.override())
    return panel


def variables(*, agents: bool) -> list[build.QueryVariable | build.DatasourceVariable | build.TextBoxVariable]:
    """The choices at the top of a dashboard."""
    found: list[build.QueryVariable | build.DatasourceVariable | build.TextBoxVariable] = [
        build.DatasourceVariable("datasource").label("Data source").type("prometheus"),
        _choice("client", "label_values(vigie_check_runs_total, client)"),
        _choice("site", 'label_values(vigie_check_runs_total{client=~"$client"}, site)'),
        _choice("location", f"label_values(vigie_check_runs_total{{{SITES}}}, location)"),
    ]
    if agents:
        found.append(_choice("instance", "label_values(vigie_build_info, instance)").label("Agent"))
    return [*found, _address("page", "Vigie's page", PAGE), _address("runbooks", "Runbooks", RUNBOOKS)]


def _choice(name: str, query: str) -> build.QueryVariable:
    asked = build.QueryVariable(name).label(name.capitalize()).query(query).datasource(DATASOURCE)
    everything = dashboard.VariableOption(text="All", value="$__all", selected=True)
    return (
        asked.include_all(True)
        .all_value(".*")  # an agent's own tickets have neither client nor site
        .multi(True)
        .current(everything)
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )


def _address(name: str, label: str, default: str) -> build.TextBoxVariable:
    return (
        build.TextBoxVariable(name)
        .label(label)
        .default_value(default)
        .current(dashboard.VariableOption(text=default, value=default, selected=True))
    )


def titled(uid: str, title: str, says: str, *, agents: bool, other: tuple[str, str]) -> build.Dashboard:
    """Begin a dashboard of the last hour that links to the agent's page and to the other dashboard (uid, title)."""
    uid_of_other, title_of_other = other
    links = [
        build.DashboardLink("Vigie's page").url("${page}/").target_blank(True),
        build.DashboardLink(title_of_other).url(f"/d/{uid_of_other}").include_vars(True).keep_time(True),
    ]
    return (
        build.Dashboard(title)
        .uid(uid)
        .description(says)
        .tags(["vigie"])
        .timezone("browser")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .variables(list(variables(agents=agents)))
        .links([link.type(dashboard.DashboardLinkType.LINK) for link in links])
    )


def as_json(built: dashboard.Dashboard) -> str:
    """Write a dashboard as it is committed: sorted, so that a change shows as one."""
    return json.dumps(built, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
