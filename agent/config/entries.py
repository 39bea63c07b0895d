"""Collects the tables of every section out of all files, and says which belong to none or stand twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent.config.files import Document
from agent.config.problems import Issue, unknown
from agent.config.section import Place, Remark, Section, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One section's table as a file says it."""

    section: Section
    name: str  # the id of a named one
    table: Any
    place: Place
    document: Document


def collect(documents: Sequence[Document], sections: Sequence[Section]) -> tuple[list[Entry], list[Issue]]:
    """Return what is written in the order of files and sections, and what is wrong with where it stands."""
    entries: list[Entry] = []
    issues: list[Issue] = []
    seen: dict[tuple[str, str], Entry] = {}
    for document in documents:
        issues += [document.issue(remark) for remark in _misplaced(document, sections)]
        for entry in _written(document, sections):
            first = seen.setdefault((entry.section.path, entry.name), entry)
            if first is entry or entry.section.shape is Shape.LIST:
                entries.append(entry)
            else:
                there = first.document.issue(Remark(place=first.place, message=""))
                twice = Remark(place=entry.place, message=f"is already in {there.file}:{there.line}")
                issues.append(document.issue(twice))
    return entries, issues


def claimed(section: Section, sections: Sequence[Section]) -> frozenset[str]:
    """The keys of a section's table that are sections themselves."""
    below = f"{section.path}."
    return frozenset(one.path.removeprefix(below).partition(".")[0] for one in sections if one.path.startswith(below))


def _misplaced(document: Document, sections: Sequence[Section]) -> Iterator[Remark]:
    top = {section.path.partition(".")[0] for section in sections}
    for key in document.tables:
        if key not in top:
            yield unknown((key,), "unknown section", key, top)
    for section in sections:
        place, found = _find(document, section)
        if found is None:
            continue
        if section.shape is Shape.LIST and not isinstance(found, list):
            yield Remark(place=place, message=f"must be a list of tables: [[{section.path}]]")
        elif section.shape is not Shape.LIST and not isinstance(found, dict):
            yield Remark(place=place, message=f"must be a table: [{section.path}]")


def _find(document: Document, section: Section) -> tuple[Place, Any]:
    place = tuple(section.path.split("."))
    found: Any = document.tables
    for part in place:
        found = found.get(part) if isinstance(found, dict) else None
    return place, found


def _written(document: Document, sections: Sequence[Section]) -> Iterator[Entry]:
    for section in sections:
        place, found = _find(document, section)
        for name, table, at in _tables(section, place, found, claimed(section, sections)):
            yield Entry(section=section, name=name, table=table, place=at, document=document)


def _tables(section: Section, place: Place, found: Any, apart: frozenset[str]) -> Iterator[tuple[str, Any, Place]]:
    match section.shape, found:
        case Shape.ONE, dict():
            if not found or set(found) - apart:  # else it only holds sections that stand below it
                yield "", found, place
        case Shape.NAMED, dict():
            yield from ((name, table, (*place, name)) for name, table in found.items())
        case Shape.LIST, list():
            yield from (("", table, (*place, at)) for at, table in enumerate(found))
