"""What is wrong with a configuration, and where: file, line, and a suggestion where there is one."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from agent.config.section import Level, Place, Remark
from checks.core.errors import UsageError

UNKNOWN = "unknown key"
MANY = 16  # more known words than this are not listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One remark, located; `line` counts from 1, 0 when the place stands in no file."""

    file: Path
    line: int
    path: str
    message: str
    suggestion: str = ""
    level: Level = Level.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        about = f"{self.path}: " if self.path else ""
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{place}: {about}{self.message}{hint}"


class ConfigErrors(UsageError):
    """The configuration cannot be used; all that is wrong with it, in the order of files and lines."""

    def __init__(self, issues: Collection[Issue]) -> None:
        self.issues = tuple(
            sorted(set(issues), key=lambda issue: (str(issue.file), issue.line, issue.path, issue.message))
        )
        super().__init__("\n".join(str(issue) for issue in self.issues))


class Wrong(Exception):
    """Carries remarks from where they are made to where they are located; never leaves `agent.config`."""

    def __init__(self, *remarks: Remark) -> None:
        super().__init__(*remarks)
        self.remarks = remarks


class Gathering:
    """Lets several pieces say what is wrong with them before one error is raised: `with gathering: …`, then `end()`."""

    def __init__(self) -> None:
        self._remarks: list[Remark] = []

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        """Keep what a piece has to say; every other exception goes on."""
        if not isinstance(error, Wrong):
            return False
        self._remarks += error.remarks
        return True

    def end(self) -> None:
        """Raise `Wrong` with all that was said, if anything was."""
        if self._remarks:
            raise Wrong(*self._remarks)


def wrong(place: Place, message: str, suggestion: str = "") -> Wrong:
    """The error of one place."""
    return Wrong(Remark(place=place, message=message, suggestion=suggestion))


def unknown(place: Place, what: str, word: str, known: Collection[str]) -> Remark:
    """The remark about a word that is none of those known: the nearest one, else the list where it is short."""
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if near:
        return Remark(place=place, message=what, suggestion=near[0])
    if known and len(known) <= MANY:
        return Remark(place=place, message=f"{what}; there is {', '.join(sorted(known))}")
    return Remark(place=place, message=what)


def spelled(place: Place) -> str:
    """A place as TOML would name it: `sites.acme.checks.uptime.every`, `lots[0].uo`."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = part and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in part)
            text += ("." if text else "") + (part if bare else f'"{part}"')
    return text
