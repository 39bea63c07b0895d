"""Reads the checks of a site, with what the levels above hand down to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from agent.config import forms
from agent.config.convert import build, convert, read_fields, table
from agent.config.hints import FieldOf, Hint, fields_of
from agent.config.inherit import Handed, combined
from agent.config.problems import Gathering, Wrong, unknown, wrong
from agent.config.reading import Reading
from agent.config.section import Place

HANDED_DOWN: Final = frozenset({"enabled", "every", "recheck_every", "blind_after"})  # in `defaults.KIND` too
_APART: Final = frozenset({"name", "kind", "options"})
_UNASKED: Final = ("uptime", "tls")  # what a site without checks gets, as far as these exist; tls where it speaks TLS


def read_defaults(value: object, watch: Hint, place: Place, reading: Reading) -> dict[str, dict[str, Any]]:
    """Read a level's `defaults`, a table for each kind of check; raises `Wrong`."""
    intervals = {key: one for key, one in fields_of(watch).items() if key in HANDED_DOWN}
    gathering, done = Gathering(), {}
    for kind, said in table(value, place, "a table with a table for each kind of check").items():
        at = (*place, kind)
        with gathering:
            known = reading.vocabulary.kinds()
            if kind not in known:
                raise Wrong(unknown(at, f"there is no check {kind!r}", kind, known))
            options = {key: one.optional() for key, one in fields_of(reading.vocabulary.options(kind)).items()}
            done[kind] = read_fields({**options, **intervals}, said, at, reading)
    gathering.end()
    return done


@cache
def fields_below(options: Hint, watch: Hint) -> Mapping[str, FieldOf]:
    """What a check's table takes; none of it must be written there, since another level may say it."""
    mine = {key: one for key, one in fields_of(watch).items() if key not in _APART}
    return {key: one.optional() for key, one in {**fields_of(options), **mine}.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """The checks of one site: their dataclass, what stands above them, and where they are written."""

    watch: Hint
    above: Sequence[Handed]
    url: str
    place: Place
    reading: Reading

    def read(self, value: object) -> tuple[Any, ...]:
        """Build a site's checks, those that nobody wrote too; raises `Wrong`."""
        checks = table(value, self.place, "a table with a table for each check") or {
            kind: {} for kind in self._unasked()
        }
        gathering, done = Gathering(), []
        for name, said in checks.items():
            with gathering:
                done.append(self._one(name, said, (*self.place, name)))
        gathering.end()
        return tuple(done)

    def _unasked(self) -> list[str]:
        known = self.reading.vocabulary.kinds()
        return [kind for kind in _UNASKED if kind in known and (kind != "tls" or urlsplit(self.url).scheme == "https")]

    def _one(self, name: str, value: object, place: Place) -> Any:
        own = fields_of(self.watch)
        kind = self._kind(name, table(value, place), place)
        options: Hint = self.reading.vocabulary.options(kind)
        gathering, said = Gathering(), {"name": name, "kind": kind, "url": self.url}
        with gathering:
            convert(name, own["name"].hint, place, self.reading)
        with gathering:
            said |= read_fields(fields_below(options, self.watch), value, place, self.reading, _APART)
            said["url"] = self._url(said["url"], place)
        gathering.end()
        return self._build(options, combined(self.above, kind, said, options), place)

    def _kind(self, name: str, said: Mapping[str, Any], place: Place) -> str:
        known = self.reading.vocabulary.kinds()
        kind = said.get("kind", name)
        if not isinstance(kind, str):
            raise wrong((*place, "kind"), "must be the kind of a check")
        if kind in known:
            return kind
        if "kind" in said:
            raise Wrong(unknown((*place, "kind"), f"there is no check {kind!r}", kind, known))
        raise Wrong(
            unknown(place, f"there is no check {kind!r}; one with a name of its own says its 'kind'", kind, known)
        )

    def _url(self, text: str, place: Place) -> str:
        try:
            return forms.url(urljoin(self.url, text) if text.startswith("/") else text)
        except forms.Unfit as error:
            raise wrong((*place, "url"), str(error), error.suggestion) from None

    def _build(self, options: type, merged: Mapping[str, Any], place: Place) -> Any:
        own = {one.name for one in fields_of(self.watch).values()}
        for one in fields_of(options).values():
            if one.required and one.name not in merged:
                raise wrong(place, f"{one.key!r} is missing")
        taken = build(options, {name: value for name, value in merged.items() if name not in own}, place)
        return build(self.watch, {**{name: merged[name] for name in own if name in merged}, "options": taken}, place)
