"""Turns TOML, one file or a folder of files, into typed settings: all errors at once, each with its line."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.config.loaded import Settings
    from checks.core.model import Severity


def load(path: Path, *, environ: Mapping[str, str] | None = None, secrets: bool = True) -> "Settings":
    """Read the configuration; raises `ConfigErrors` with all that is wrong with it.

    Without `secrets`, a variable or file that only a secret refers to need not be there.
    """
    from agent.config import files
    from agent.config.compose import compose
    from agent.config.owners import surroundings

    around = surroundings(os.environ if environ is None else environ, secrets=secrets)
    return compose(path, files.read(path), around)


def parse_options(kind: str, pairs: "Sequence[tuple[str, str]]", base: Any = None) -> Any:
    """Return the Options of a kind of check, these texts over `base`; raises `UsageError` with all errors."""
    from agent.config import options

    return options.parse_options(kind, pairs, base)


def severity(word: str) -> "Severity":
    """Return the severity of an English or French word; raises `ValueError`."""
    from agent.config import forms

    return forms.severity(word)
