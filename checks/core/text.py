"""Messages as data: a msgid with named places, rendered in the reader's language at the edge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One translatable sentence; `{name}` stands for the fact of that name."""

    msgid: str
    plural: str = ""
    count: str = ""  # the fact that chooses between msgid and plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The sentence that belongs to the value of one fact, such as a failure's reason."""

    fact: str
    texts: tuple[tuple[str, Text], ...]
    default: Text

    def pick(self, value: object) -> Text:
        """Return the sentence for a value of the fact."""
        return next((text for name, text in self.texts if name == value), self.default)


Says = Text | Choice


def _(msgid: str) -> Text:
    """Mark a sentence for translation."""
    return Text(msgid=msgid)


def _n(one: str, many: str, count: str) -> Text:
    """Mark a sentence that counts the fact named `count`."""
    return Text(msgid=one, plural=many, count=count)


def choice(fact: str, default: Text, **texts: Text) -> Choice:
    """Choose the sentence by the value of `fact`; keywords are the values."""
    return Choice(fact=fact, texts=tuple(texts.items()), default=default)


def texts_of(says: Says) -> tuple[Text, ...]:
    """Every sentence that `says` may become, for catalogues and tests."""
    return (says,) if isinstance(says, Text) else (*(text for _name, text in says.texts), says.default)
