"""Catalogues are compiled, whole and faithful: the same places in both languages."""

import ast
import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

import agent.texts
from agent.texts import __main__ as compiler
from agent.texts import speaker
from agent.texts.__main__ import compiled
from checks.core import registry
from checks.core.model import Rule
from checks.core.text import Text, texts_of

FOLDER = Path(agent.texts.__file__).parent
CATALOGUES = sorted(FOLDER.glob("*/*.po"))
PLACES = re.compile(r"\{[^}]*\}")


def rules() -> list[Rule]:
    return list(registry.Catalogue())


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: f"{po.parent.name}-{po.stem}")
def test_compiled_catalogue_is_up_to_date(po: Path) -> None:
    assert po.with_suffix(".mo").read_bytes() == compiled(po), "run: python -m agent.texts"


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: f"{po.parent.name}-{po.stem}")
def test_catalogue_is_whole_and_keeps_places(po: Path) -> None:
    with po.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        ids, strings = _all(message.id), _all(message.string)
        assert not message.fuzzy, message.id
        assert all(strings), message.id
        known = {place for one in ids for place in PLACES.findall(one)}
        assert all(set(PLACES.findall(one)) <= known for one in strings), message.id


def _all(texts: Any) -> tuple[str, ...]:
    """Babel gives one text, or a sequence of plural forms."""
    return (texts,) if isinstance(texts, str) else tuple(text or "" for text in texts or ("",))


def test_every_mo_has_its_po() -> None:
    assert sorted(FOLDER.glob("*/*.mo")) == [po.with_suffix(".mo") for po in CATALOGUES]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_speaks_french(rule: Rule) -> None:
    catalogue = agent.texts.catalogue("fr")
    assert isinstance(catalogue, gettext.GNUTranslations)
    missing = [
        text.msgid for text in (*texts_of(rule.says), *texts_of(rule.advice)) if not _translated(catalogue, text)
    ]
    assert not missing


def _translated(catalogue: gettext.NullTranslations, text: Text) -> bool:
    if text.plural:
        return catalogue.ngettext(text.msgid, text.plural, 2) != text.plural
    return catalogue.gettext(text.msgid) != text.msgid


def test_the_compiler_writes_beside_each_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fr"
    folder.mkdir()
    po = folder / "one.po"
    po.write_text('msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "day"\nmsgstr "jour"\n', encoding="utf-8")
    monkeypatch.setattr(compiler, "HERE", tmp_path)
    assert compiler.main() == 0
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("day") == "jour"


ROOT = Path(agent.texts.__file__).parents[2]
TOLD = sorted((*ROOT.glob("checks/*/explain*.py"), *ROOT.glob("agent/present/*.py")))
FUNCTIONS = frozenset({"say", "_", "_n"})


def spoken(path: Path) -> set[str]:
    """Every sentence that a module hands to a speaker, or marks for one."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [
        call for call in calls
        if isinstance(call.func, ast.Name | ast.Attribute)
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) in FUNCTIONS
    ]  # fmt: skip
    firsts = [call.args[0] for call in named if call.args]
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


def known() -> set[str]:
    """The msgids that have a French text."""
    found: set[str] = set()
    for po in FOLDER.glob("fr/*.po"):
        with po.open("rb") as file:
            found.update(_all(message.id)[0] for message in read_po(file))
    return found


@pytest.mark.parametrize("path", TOLD, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_run_is_told_with_speaks_french(path: Path) -> None:
    assert sorted(spoken(path) - known()) == []


def test_sentences_are_found() -> None:
    found = set[str]().union(*map(spoken, TOLD))
    assert {"judged", "EXPIRED {ago:duration} ago, on {ends:instant}", "{count} attempts"} <= found


def test_a_speaker_fills_places_and_never_takes_a_value_for_a_sentence() -> None:
    say = speaker("fr")
    assert say("but {what}", what="{judged}\x1b[2J") == "mais {judged}\ufffd[2J"
    assert say("{number} ms", number=0.25) == "0,25 ms"
    assert say(Text(msgid="{count} byte", plural="{count} bytes", count="count"), count=2) == "2 octets"
