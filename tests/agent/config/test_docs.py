"""The page about the configuration names every key, with the default it has, and no other."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import owners
from agent.config.hints import FieldOf, fields_of, item, mark, named, split
from agent.config.section import Inherited, Shape
from agent.config.show import written_default
from checks.core.options import Common

PAGE = Path(__file__).resolve().parents[3] / "docs" / "configuration.md"

HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| `([\w.]+)` \| (.*?) \|", re.MULTILINE)
LEVELS = {"defaults"}


def _tables() -> Iterator[tuple[str, dict[str, FieldOf]]]:
    for section in owners.surroundings({}).sections:
        name = {Shape.ONE: section.path, Shape.NAMED: f"{section.path}.ID", Shape.LIST: f"[{section.path}]"}[
            section.shape
        ]
        name = name.replace("rules.ID", 'rules."ID"')
        yield from _below(f"[{name}]", section.type, but={"id"} if section.shape is Shape.NAMED else set())
    yield "Options of every check", fields_of(Common)


def _below(title: str, cls: Any, but: set[str]) -> Iterator[tuple[str, dict[str, FieldOf]]]:
    fields = {key: one for key, one in fields_of(cls).items() if key not in but and one.hint is not Any}
    yield title, fields
    for key, one in fields.items():
        found, inner = named(one.hint), item(one.hint)
        if found is not None and key != "rules":
            below = found[0].key
            yield from _below(f"{title[:-1]}.{key}.{below.upper()}]", found[1], but={below})
        elif found is None and inner is not None and dataclasses.is_dataclass(split(inner)[0]):
            yield from _below(f"{title[:-1]}.{key}]", split(inner)[0], but=set())


TABLES = dict(_tables())


def _rows(title: str) -> dict[str, str]:
    """Key and default of the table below a heading."""
    parts = HEADING.split(PAGE.read_text(encoding="utf-8"))
    sections = dict(zip((one.strip("`") for one in parts[1::2]), parts[2::2], strict=True))
    return dict(ROW.findall(re.split(r"^## ", sections[title], maxsplit=1, flags=re.MULTILINE)[0]))


@pytest.mark.parametrize("title", TABLES)
def test_every_key_is_described_and_no_other(title: str) -> None:
    assert list(_rows(title)) == list(TABLES[title])


def _default(one: FieldOf) -> str:
    if one.required:
        return "required"
    if mark(one.hint, Inherited) is not None:
        return "from above"
    default = written_default(one)
    return "none" if default is None else f"`{default}`"


@pytest.mark.parametrize("title", TABLES)
def test_every_default_is_the_one_of_the_code(title: str) -> None:
    said = _rows(title)
    computed = {"kind", "url", "every", "recheck_every", "blind_after"} if title.endswith("NAME]") else {"timeout"}
    expected = {key: _default(one) for key, one in TABLES[title].items() if key not in computed}
    assert {key: said[key] for key in expected} == expected


def test_the_page_has_no_table_of_its_own() -> None:
    titles = {one.strip("`") for one in HEADING.findall(PAGE.read_text(encoding="utf-8"))}
    assert {title for title in titles if title.startswith("[")} == {title for title in TABLES if title.startswith("[")}
