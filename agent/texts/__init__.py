"""Renders messages in the reader's language, at the edge: gettext catalogues, one file per owner."""

import gettext
import re
from functools import cache
from pathlib import Path

from agent.texts.values import plain, rendered
from checks.core.facts import Fact, Facts
from checks.core.telling import Say
from checks.core.text import Choice, Says, Text

LANGUAGES = ("en", "fr")

_HERE = Path(__file__).parent
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """All catalogues of a language as one; English is the msgids themselves."""
    whole = gettext.NullTranslations()
    for path in sorted(_HERE.joinpath(language).glob("*.mo")):
        with path.open("rb") as file:
            one = gettext.GNUTranslations(file)
        one.add_fallback(whole)
        whole = one
    return whole


def render(says: Says, facts: Facts, language: str) -> str:
    """Return the message with every place filled from `facts`; a missing fact shows as "?"."""
    known = dict(facts)
    text = says.pick(known.get(says.fact)) if isinstance(says, Choice) else says
    return fill(_sentence(text, known, language), known, language)


def translate(msgid: str, language: str, **places: object) -> str:
    """Return one sentence in `language`, its places filled."""
    known: dict[str, Fact] = {name: plain(value) for name, value in places.items()}
    return fill(catalogue(language).gettext(msgid), known, language)


def speaker(language: str) -> Say:
    """Return what puts the sentences of a check into `language`."""

    def say(says: Says | str, /, **places: object) -> str:
        message = Text(msgid=says) if isinstance(says, str) else says
        return render(message, tuple((name, plain(value)) for name, value in places.items()), language)

    return say


def fill(sentence: str, known: dict[str, Fact], language: str) -> str:
    """Fill `{name}` and `{name:form}`; forms: duration (seconds), size (bytes), instant (ISO 8601)."""
    return _PLACE.sub(lambda place: rendered(known.get(place[1]), place[2] or "", language), sentence)


def _sentence(text: Text, known: dict[str, Fact], language: str) -> str:
    if not text.plural:
        return catalogue(language).gettext(text.msgid)
    count = known.get(text.count)
    number = int(count) if isinstance(count, int | float) else 0
    # French and English agree on every number but 0 and fractions, which the catalogue's plural formula decides.
    return catalogue(language).ngettext(text.msgid, text.plural, number)
