"""Recorded pages: the body byte for byte, under a comment that keeps the answer's head and what it is."""

from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
_OPEN, _CLOSE = b"<!--recorded\n", b"\n-->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One answer and what a person takes it for."""

    name: str
    expect: str  # the kind; empty for an innocent page
    by: str  # who made it: the software that ran, or the manner it was written in
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def load(path: Path) -> Recorded:
    """Read one page; raises ValueError when its comment is not as `dump` writes it."""
    head, closed, body = path.read_bytes().partition(_CLOSE)
    if not closed or not head.startswith(_OPEN):
        raise ValueError(f"{path} does not begin with what was recorded")
    notes, _blank, answer = head.removeprefix(_OPEN).decode("utf-8").partition("\n\n")
    known = {name: value.strip() for name, _colon, value in (line.partition(":") for line in notes.splitlines())}
    status, *headers = answer.splitlines()
    return Recorded(
        name=path.stem,
        expect=known["expect"],
        by=known["by"],
        url=known["url"],
        status=int(status.split()[1]),
        headers=tuple((name, value) for name, _colon, value in (line.partition(": ") for line in headers)),
        body=body,
    )


def dump(page: Recorded) -> bytes:
    """Return the file's bytes for `page`."""
    notes = f"expect: {page.expect}\nby: {page.by}\nurl: {page.url}\n\nHTTP/1.1 {page.status}\n".replace(": \n", ":\n")
    headers = "\n".join(f"{name}: {value}" for name, value in page.headers).replace("-->", "")
    return _OPEN + notes.encode() + headers.encode("utf-8", "replace") + _CLOSE + page.body


def folder(name: str) -> list[Path]:
    """The recorded pages of one folder (`marked`, `innocent`, `held_out`), in order."""
    return sorted((PAGES / name).glob("*.html"))
