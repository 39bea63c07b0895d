"""The committed dashboards are what their source builds, and hold together as Grafana needs it."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboards.source import rendered

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("dashboards/*.json"))
UNITS = {"none", "s", "bytes", "ops", "percentunit", "dtdurations", "dateTimeFromNow"}
COLOURS = {"green", "orange", "red", "blue", "#8e8e8e"}
MACROS = {"client", "site", "location", "instance", "__range", "__rate_interval"}
LABELS = re.compile(r"\b(?:url|message|detail|title|target)\s*(?:=|,|\))")

every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def values(node: Any, key: str) -> list[Any]:
    """Every value of that key, however deep."""
    if isinstance(node, dict):
        own = [node[key]] if key in node else []
        return own + [found for child in node.values() for found in values(child, key)]
    return [found for child in node for found in values(child, key)] if isinstance(node, list) else []


def test_the_committed_json_is_what_the_source_builds() -> None:
    built = rendered()
    assert sorted(built) == FILES
    stale = [path.name for path, text in built.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: python -m dashboards.source"


def test_the_dashboards_have_names_of_their_own_and_link_to_one_another() -> None:
    loaded = [load(path) for path in FILES]
    uids = [each["uid"] for each in loaded]
    assert len({*uids}) == len(uids) == len({each["title"] for each in loaded})
    for each in loaded:
        targets = {link["url"].removeprefix("/d/") for link in each["links"] if link["url"].startswith("/d/")}
        assert targets == {*uids} - {each["uid"]}


@every
def test_panels_have_ids_and_room_of_their_own(path: Path) -> None:
    panels = load(path)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = set(
            itertools.product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))
        )
        assert not cells & taken, panel["title"]
        taken |= cells


@every
def test_every_panel_asks_the_data_source_that_was_chosen(path: Path) -> None:
    dashboard = load(path)
    assert dashboard["templating"]["list"][0]["type"] == "datasource"
    for panel in dashboard["panels"]:
        asked = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert asked == [{"type": "prometheus", "uid": "${datasource}"}] * len(asked)
    assert {each["uid"] for each in values(dashboard, "datasource") if isinstance(each, dict)} == {"${datasource}"}


@every
def test_client_site_location_and_data_source_can_be_chosen(path: Path) -> None:
    names = [each["name"] for each in load(path)["templating"]["list"]]
    assert {"datasource", "client", "site", "location", "page", "runbooks"} <= {*names}
    assert len({*names}) == len(names)


@every
def test_every_panel_says_what_it_shows_and_in_which_unit(path: Path) -> None:
    for panel in load(path)["panels"]:
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        if panel["type"] in {"stat", "timeseries"}:
            assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
        assert panel["options"], panel["title"]
        refs = [target["refId"] for target in panel["targets"]]
        assert len({*refs}) == len(refs) > 0


@every
def test_colours_are_those_that_mean_something_and_bounds_rise(path: Path) -> None:
    dashboard = load(path)
    assert {*values(dashboard, "color")} <= COLOURS
    for steps in values(dashboard, "steps"):
        bounds = [step["value"] for step in steps]
        assert bounds[0] is None
        assert bounds[1:] == sorted(bounds[1:])


@every
def test_a_state_is_a_word_with_a_sign_and_not_a_colour_alone(path: Path) -> None:
    for mapping in values(load(path), "mappings"):
        words = [shown["text"] for each in mapping for shown in each["options"].values()]
        assert all(word[0] in "✔✖▲–" for word in words)
        assert len({*words}) == len(words)


@every
def test_expressions_use_variables_that_exist_and_no_label_of_unbounded_values(path: Path) -> None:
    dashboard = load(path)
    chosen = {each["name"] for each in dashboard["templating"]["list"]} | {"__range", "__rate_interval"}
    for expr in values(dashboard, "expr"):
        used = {name.strip("{}") for name in re.findall(r"\$(\{?\w+\}?)", expr)}
        assert used <= chosen & MACROS, expr
        assert not LABELS.search(expr), expr


@every
def test_links_lead_to_the_page_to_runbooks_that_exist_or_to_a_dashboard(path: Path) -> None:
    for url in values(load(path), "url"):
        if url.startswith("${runbooks}/"):
            assert (ROOT / "docs" / "runbooks" / url.removeprefix("${runbooks}/")).is_file()
        else:
            assert url.startswith(("${page}/", "/d/vigie-"))


def test_the_first_screen_of_the_fleet_names_what_fails_and_leads_to_its_tickets() -> None:
    panel = next(each for each in load(ROOT / "dashboards/fleet.json")["panels"] if each["title"] == "Failing now")
    assert panel["gridPos"]["y"] + panel["gridPos"]["h"] <= 12
    assert panel["transformations"][-1]["options"]["indexByName"]["site"] == 0
    links = {each["matcher"]["options"]: values(each, "url") for each in panel["fieldConfig"]["overrides"]}
    assert all("${__data.fields.Site}" in url for url in links["Site"] + links["Live tickets"])
    assert len(links["Site"]) == 1
    assert panel["options"]["sortBy"] == [{"displayName": "Worst finding", "desc": True}]
