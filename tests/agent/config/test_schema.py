"""The schema accepts what is read and refuses what a schema can refuse."""

import contextlib
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agent.config import owners
from agent.config.schema import schema
from agent.config.section import Section, Shape
from tests.agent.config.conftest import WORDS
from tests.agent.config.test_bad import BAD
from tests.agent.config.test_show import FULL, LIST

ROOT = Path(__file__).resolve().parents[3]
SECTIONS = owners.surroundings({}).sections
SCHEMA = schema(SECTIONS, WORDS)

# What is wrong with these, no schema can say: a reference, a repetition, the environment, arithmetic on values.
BEYOND = {
    "addresses",
    "calendars",
    "channels",
    "demo",
    "durations",
    "environment",
    "open-without-token",
    "options-of-a-kind",
    "references",
    "urls",
}


def plain(text: str) -> Any:
    """A TOML text as JSON would hold it."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def errors(text: str, described: Any = SCHEMA) -> list[str]:
    return [str(error.message) for error in jsonschema.Draft202012Validator(described).iter_errors(plain(text))]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(schema(SECTIONS, owners.surroundings({}).vocabulary))


def test_the_shipped_file_is_valid_with_and_without_its_marks() -> None:
    described = schema(SECTIONS, owners.surroundings({}).vocabulary)
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert errors(text, described) == []
    assert errors(text.replace("#: ", ""), described) == []


def test_what_is_read_is_valid() -> None:
    assert errors(FULL) == []


def _toml() -> list[Path]:
    return [path for path in sorted(BAD.glob("*.toml")) if path.stem not in BEYOND]


@pytest.mark.parametrize("path", _toml(), ids=lambda path: path.stem)
def test_what_is_refused_is_not_valid(path: Path) -> None:
    with contextlib.suppress(ValueError, RecursionError):  # no TOML at all
        assert errors(path.read_text(encoding="utf-8"))


def test_a_list_of_tables_is_described() -> None:
    described = schema((*SECTIONS, LIST), WORDS)
    assert errors('[[ignore]]\npurl = "x"', described) == []
    assert errors("[[ignore]]\npurl = 1", described)


def test_a_section_with_names_that_are_no_ids() -> None:
    rules = next(one for one in SECTIONS if one.path == "rules")
    assert rules == Section(path="rules", type=rules.type, shape=Shape.NAMED)
    assert errors('[rules."any.name at all"]\nseverity = "info"') == []
