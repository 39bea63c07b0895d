"""What the facts of a finding are called in the reader's language, and how their values read as lines."""

from collections.abc import Iterable, Iterator

from agent.texts import catalogue
from agent.texts.values import rendered
from checks.core.facts import Fact

CURL = "curl"  # the fact that holds a line to paste


def curl(facts: Iterable[tuple[str, Fact]]) -> str:
    """Return the line to paste that shows the fault, empty when there is none."""
    return next((value for name, value in facts if name == CURL and isinstance(value, str)), "")


def readable(
    facts: Iterable[tuple[str, Fact]], language: str, *, longest: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each fact that holds something, the line to paste apart: its label, and its value as lines.

    No line has more than `longest` characters.
    """
    for name, value in facts:
        if name == CURL:
            continue
        called, form = _called(name, language)
        lines = tuple(_lines(value, form, language))
        if any(lines):
            yield called, tuple(line if len(line) <= longest else f"{line[:longest]}…" for line in lines)


def _called(fact: str, language: str) -> tuple[str, str]:
    """The label and the form of the value (duration, size, instant); catalogues hold both as `label:form`."""
    msgid = f"facts.{fact}"
    found = catalogue(language).gettext(msgid)
    called, _colon, form = (fact.replace("_", " ") if found == msgid else found).partition(":")
    return called, form


def _lines(value: Fact, form: str, language: str) -> Iterator[str]:
    if isinstance(value, tuple):
        for row in value:
            yield _row(row, form, language)
    elif value is not None:
        yield from rendered(value, form, language).splitlines()


def _row(value: Fact, form: str, language: str) -> str:
    if isinstance(value, tuple):
        return "  ".join(_row(item, form, language) for item in value)
    return "" if value is None else " ".join(rendered(value, form, language).splitlines())
