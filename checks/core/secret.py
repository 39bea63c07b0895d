"""A secret as a reference: it is looked up where it is used, and never shows what it holds."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.core.errors import VigieError

# `$${` comes first: it stands for a plain `${`, and what follows it is no reference.
_REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def references(text: str) -> tuple[str, ...]:
    """The environment variables that `text` names."""
    return tuple(name for name in _REFERENCE.findall(text) if name)


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Replace each `${NAME}` of `text`; `$${` stands for `${`, any other dollar is plain.

    Raises `KeyError` when a variable is not there.
    """
    return _REFERENCE.sub(lambda match: environ[match[1]] if match[1] else "${", text)


class SecretMissing(VigieError):
    """An environment variable or a file that a secret refers to is not there."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Secret:
    """Either a text in which `${NAME}` stands for an environment variable, or a file that holds the value."""

    text: str = ""
    file: str = ""

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    @property
    def references(self) -> tuple[str, ...]:
        """The environment variables it needs."""
        return references(self.text)

    def reveal(self, environ: Mapping[str, str] | None = None) -> str:
        """Return the value; raises `SecretMissing` when a variable or the file is not there."""
        if self.file:
            return _read(self.file)
        known = os.environ if environ is None else environ
        missing = [name for name in self.references if name not in known]
        if missing:
            raise SecretMissing(f"environment variable {missing[0]} is not set")
        return expand(self.text, known)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SecretMissing(f"secret file {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SecretMissing(f"secret file {path} is not UTF-8") from error
