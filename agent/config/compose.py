"""Composes the sections of all files into one `Settings`, or says at once all that is wrong with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from agent.config.entries import Entry, claimed, collect
from agent.config.files import Document
from agent.config.hints import fields_of, item
from agent.config.inherit import Handed
from agent.config.level import CHECKS, fields_as_read, read_level, read_plain
from agent.config.loaded import Review, Settings
from agent.config.problems import ConfigErrors, Issue, Wrong, spelled
from agent.config.reading import Reading, Vocabulary
from agent.config.section import FAMILIES, KINDS, RULES, Level, Place, Remark, Section, Shape

AGENT, CONTRACTS, SITES = "agent", "contracts", "sites"  # the levels, from above


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that a configuration is read against."""

    sections: Sequence[Section]
    reviews: Sequence[Review]
    vocabulary: Vocabulary
    environ: Mapping[str, str] = field(repr=False)
    secrets: bool = True  # whether every secret must be there now


def compose(source: Path, documents: Sequence[Document], around: Surroundings) -> Settings:
    """Return the settings; raises `ConfigErrors`."""
    entries, misplaced = collect(documents, around.sections)
    composing = _Composing(documents, entries, misplaced, around)
    settings = composing.settings(source)
    issues = [_located(remark, entries, documents) for review in around.reviews for remark in review(settings)]
    errors = [issue for issue in issues if issue.level is Level.ERROR]
    if errors:
        raise ConfigErrors(errors)
    return replace(settings, warnings=tuple(issues))


class _Composing:
    """One composition under way: what is built so far, and what was found wrong."""

    def __init__(
        self, documents: Sequence[Document], entries: Sequence[Entry], issues: Sequence[Issue], around: Surroundings
    ) -> None:
        self._documents, self._entries, self._around = documents, entries, around
        self._issues = list(issues)
        self._built: dict[type, list[Any]] = {section.type: [] for section in around.sections}
        self._revealed: dict[str, str] = {}
        self._known = _words(entries, around)
        self._watch = _watch(around.sections)

    def settings(self, source: Path) -> Settings:
        agent = self._agent()
        contracts = {entry.name: self._level(entry, [agent]) for entry in self._of(CONTRACTS)}
        for entry in self._of(SITES):
            self._level(entry, [agent, contracts.get(_word(entry.table, "contract"), Handed())])
        for entry in (*self._entries, *self._unwritten()):
            if not entry.section.hands_down:
                self._plain(entry, [agent])
        if self._issues:
            raise ConfigErrors(self._issues)
        return Settings(
            source=source,
            files=tuple(document.path for document in self._documents),
            sections={one: tuple(found) for one, found in self._built.items()},
            revealed=self._revealed,
        )

    def _of(self, path: str) -> list[Entry]:
        return [entry for entry in self._entries if entry.section.path == path]

    def _unwritten(self) -> list[Entry]:
        """Sections of which there is one stand with their defaults when nobody wrote them."""
        written = {entry.section.path for entry in self._entries}
        return [
            Entry(section=one, name="", table={}, place=tuple(one.path.split(".")), document=self._documents[0])
            for one in self._around.sections
            if one.shape is Shape.ONE and one.path not in written
        ]

    def _agent(self) -> Handed:
        """The level above all; when it is wrong, its defaults stand in for it so that the rest can be read."""
        (entry,) = (*self._of(AGENT), *(one for one in self._unwritten() if one.section.path == AGENT))
        handed = self._level(entry, [])
        return handed if handed.fields else Handed(fields=fields_as_read(entry.section.type()))

    def _level(self, entry: Entry, above: list[Handed]) -> Handed:
        try:
            whole, handed = read_level(entry, above, self._apart(entry), self._watch, self._reading(entry))
        except Wrong as error:
            self._issues += [entry.document.issue(remark) for remark in error.remarks]
            return Handed()
        self._built[entry.section.type].append(whole)
        return handed

    def _plain(self, entry: Entry, above: list[Handed]) -> None:
        try:
            whole = read_plain(entry, above, self._apart(entry), self._reading(entry))
        except Wrong as error:
            self._issues += [entry.document.issue(remark) for remark in error.remarks]
        else:
            self._built[entry.section.type].append(whole)

    def _apart(self, entry: Entry) -> frozenset[str]:
        return claimed(entry.section, self._around.sections)

    def _reading(self, entry: Entry) -> Reading:
        return Reading(
            folder=entry.document.folder,
            environ=self._around.environ,
            known=self._known,
            vocabulary=self._around.vocabulary,
            revealed=self._revealed,
            secrets=self._around.secrets,
        )


def _words(entries: Sequence[Entry], around: Surroundings) -> Mapping[str, Callable[[], Collection[str]]]:
    """What a `Ref` may name: the ids of each section, and what the checks are called."""
    ids: dict[str, set[str]] = {section.path: set(section.built_in) for section in around.sections}
    for entry in entries:
        ids[entry.section.path].add(entry.name)
    named: dict[str, Callable[[], Collection[str]]] = {path: partial(frozenset, found) for path, found in ids.items()}
    words = around.vocabulary
    return {**named, KINDS: words.kinds, RULES: words.rules, FAMILIES: words.families}


def _watch(sections: Sequence[Section]) -> Any:
    """The dataclass of a check's table, as the section that has checks declares it."""
    return next(item(fields_of(one.type)[CHECKS].hint) for one in sections if CHECKS in fields_of(one.type))


def _word(table: object, key: str) -> str:
    word = table.get(key) if isinstance(table, dict) else None
    return word if isinstance(word, str) else ""


def _located(remark: Remark, entries: Sequence[Entry], documents: Sequence[Document]) -> Issue:
    """Locate a remark about the whole: in the file that says its section, else without a line."""
    for entry in entries:
        if remark.place[: len(entry.place)] == entry.place:
            return entry.document.issue(remark)
    return Issue(
        file=documents[0].path,
        line=0,
        path=spelled(remark.place),
        message=remark.message,
        suggestion=remark.suggestion,
        level=remark.level,
    )


__all__: Final = ["Place", "Surroundings", "compose"]
