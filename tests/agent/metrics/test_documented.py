"""The page of metrics names every series that exists, with its type and labels, and no other."""

import re
from pathlib import Path

from agent.metrics import Own
from agent.metrics.watched import FAMILIES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(vigie_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)


def documented() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in ROW.findall(PAGE)}


def test_what_the_agent_says_of_itself_is_documented_with_type_and_labels() -> None:
    own = [one for one in vars(Own()).values() if hasattr(one, "_labelnames")]
    described = {metric._name: (metric._type, metric._labelnames) for metric in own}
    described["vigie_build_info"] = ("gauge", ("version",))
    described = {name + "_total" * (kind == "counter"): (kind, labels) for name, (kind, labels) in described.items()}
    watched = {family.name for family in FAMILIES}
    assert {name: said for name, said in documented().items() if name not in watched} == described


def test_what_it_says_of_checks_and_tickets_is_documented_with_its_type() -> None:
    shown = documented()
    assert {family.name: family.type.value for family in FAMILIES} == {
        family.name: shown[family.name][0] for family in FAMILIES
    }
