"""A run told step by step: each attempt as its check tells it, a later one only where it differs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec

from agent.texts import speaker
from checks.core.telling import Line, Say, news

Explain = Callable[[object, Say], Iterable[Line]]


def explainer(kind: str) -> Explain | None:
    """Return what tells a look of that kind: `explain(seen, say)` of `checks/KIND/explain.py`, if there is one."""
    spec = find_spec(f"checks.{kind}")
    if spec is None or spec.submodule_search_locations is None or find_spec(f"checks.{kind}.explain") is None:
        return None
    found: Explain = import_module(f"checks.{kind}.explain").explain
    return found


def explained(kind: str, seen: Sequence[object], language: str) -> Iterator[str]:
    """Yield the lines that tell the attempts of a run."""
    say, explain = speaker(language), explainer(kind)
    if explain is None:
        yield f"  {say('{kind} has nothing more to explain', kind=kind)}"
        return
    before: list[Line] = []
    for number, one in enumerate(seen, 1):
        lines = list(explain(one, say))
        shown = lines if number == 1 else news(lines, before)
        yield f"  {_heading(number, several=len(seen) > 1, same=not shown, say=say)}"
        yield from (f"    {'  ' * line.depth}{_on_one_line(line.text)}" for line in shown)
        before = lines


def _heading(number: int, *, several: bool, same: bool, say: Say) -> str:
    if not several:
        return say("step by step")
    if number == 1:
        return say("attempt {number}, step by step", number=number)
    if same:
        return say("attempt {number}: the same again", number=number)
    return say("attempt {number}: what differs", number=number)


def _on_one_line(text: str) -> str:
    """What a site says may hold line ends; it must not look like a line of ours."""
    return " ".join(text.splitlines())
