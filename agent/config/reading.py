"""What reading a value needs besides: where paths start, the environment, the words declared elsewhere."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from checks.core.secret import Secret, expand, references

_BRACED: Final = re.compile(r"\$\$\{|\$\{([^}\n]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


SHORT: Final = 4  # a value from the environment shorter than this is hidden only where it stands alone
LONG: Final = 8  # a secret written out is hidden from this length on: shorter ones are ordinary words
HIDDEN: Final = "***"


def hide(text: str, revealed: Mapping[str, str]) -> str:
    """Put `${NAME}` back wherever `text` shows what the environment gave."""
    if text in revealed:
        return revealed[text]
    for value in sorted(revealed, key=len, reverse=True):
        if len(value) >= SHORT:
            text = text.replace(value, revealed[value])
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the checks are called and take; each is asked only when the configuration speaks of it."""

    kinds: Callable[[], Collection[str]]
    options: Callable[[str], type[Any]]
    rules: Callable[[], Collection[str]]
    families: Callable[[], Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The surroundings of one file's values."""

    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    known: Mapping[str, Callable[[], Collection[str]]]  # by what a `Ref` refers to
    vocabulary: Vocabulary
    revealed: dict[str, str] = field(repr=False)  # what the environment gave → how it was written
    secrets: bool = True  # whether a secret that is not there is an error now
    as_typed: bool = False  # a plain text is itself, whatever dollars it holds

    def expand(self, text: str) -> str:
        """Put the environment into a plain text; raises `ValueError`."""
        if self.as_typed:
            return text
        self.refuse_odd_names(text)
        for name in references(text):
            if name not in self.environ:
                raise ValueError(f"environment variable {name} is not set")
            if self.environ[name]:
                self.revealed[self.environ[name]] = f"${{{name}}}"
        return expand(text, self.environ)

    def hide(self, secret: Secret, value: str) -> None:
        """Have what a secret holds hidden wherever a text shows it, the log above all."""
        if len(value) >= LONG:
            self.revealed[value] = HIDDEN
        self.revealed.update({self.environ[name]: f"${{{name}}}" for name in secret.references if self.environ[name]})

    @staticmethod
    def refuse_odd_names(text: str) -> None:
        """Raise `ValueError` for `${…}` around what cannot be a variable's name."""
        for match in _BRACED.finditer(text):
            name = match[1]
            if name is not None and not _NAME.fullmatch(name):
                raise ValueError(f"${{{name}}} names no environment variable; write $${{{name}}} for the text itself")
