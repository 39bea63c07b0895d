"""Reads a configuration, one TOML file or a folder of them, and tells where in it a place stands."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from agent.config.locate import locate
from agent.config.problems import ConfigErrors, Issue, spelled
from agent.config.section import Place, Remark

_PLAINER: Final = {"Illegal character '\\n'": "a text begins on this line and does not end"}  # what tomllib says
_WHERE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, kw_only=True)  # no slots: the lines are found once, and only when something is wrong
class Document:
    """One parsed file; `path` is as it was asked for, paths written in it are relative to `folder`."""

    path: Path
    folder: Path
    text: str = field(repr=False)
    tables: dict[str, Any] = field(repr=False)

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """The line of every place."""
        return locate(self.text)

    def issue(self, remark: Remark) -> Issue:
        """Locate a remark: the line of its place, else of the nearest table around it."""
        place: Place = remark.place
        while place and place not in self.lines:
            place = place[:-1]
        return Issue(
            file=self.path,
            line=self.lines.get(place, 0),
            path=spelled(remark.place),
            message=remark.message,
            suggestion=remark.suggestion,
            level=remark.level,
        )


def read(path: Path) -> tuple[Document, ...]:
    """Read a file, or every `*.toml` of a folder in the order of names; raises `ConfigErrors`."""
    issues: list[Issue] = []
    documents: list[Document] = []
    for file in _files(path):
        try:
            documents.append(_document(file))
        except ConfigErrors as error:
            issues += error.issues
    if issues:
        raise ConfigErrors(issues)
    return tuple(documents)


def _files(path: Path) -> tuple[Path, ...]:
    try:
        if not path.is_dir():
            return (path,)
        inside = sorted(path.iterdir())
    except OSError as error:
        raise _unreadable(path, 0, f"cannot be read: {error.strerror or error}") from error
    found = tuple(file for file in inside if file.suffix == ".toml" and not file.name.startswith("."))
    if not found:
        raise ConfigErrors([Issue(file=path, line=0, path="", message="the folder holds no *.toml file")])
    return found


def _document(file: Path) -> Document:
    data = _bytes(file)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _unreadable(file, data.count(b"\n", 0, error.start) + 1, "this is not UTF-8") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(file, text, str(error)) from error
    except ValueError as error:
        raise _unreadable(file, 0, "the file holds a number with thousands of digits") from error
    except RecursionError as error:
        raise _unreadable(file, 0, "the file nests too deeply") from error
    return Document(path=file, folder=file.absolute().parent, text=text, tables=tables)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise _unreadable(file, 0, "there is no such file") from error
    except OSError as error:
        raise _unreadable(file, 0, f"cannot be read: {error.strerror or error}") from error


def _unreadable(file: Path, line: int, message: str) -> ConfigErrors:
    return ConfigErrors([Issue(file=file, line=line, path="", message=message)])


def _syntax(file: Path, text: str, message: str) -> ConfigErrors:
    where = _WHERE.search(message)
    line = int(where[1]) if where and where[1] else text.count("\n") + 1
    said = _WHERE.sub("", message)
    return _unreadable(file, line, f"not TOML: {_PLAINER.get(said, said)}")
