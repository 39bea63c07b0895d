"""Pages that no program here prints: notices of hosting firms put in their words, and a site's own short pages."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.lab.pages.room import HOST, Room, Shot

DATA = Path(__file__).with_name("written.toml")
BY = {
    "": "a site's own page, written for this set, served by nginx 1.22",
    "parked_page": "a hosting firm's notice, in words as they use, served by nginx 1.22",
    "bot_challenge": "a page that asks for proof first, in words as such programs use, served by nginx 1.22",
}


def _written(room: Room, which: str) -> Iterator[Shot]:
    """Serve them by nginx, from one set."""
    port = room.port()
    pages = [page for page in tomllib.loads(DATA.read_text(encoding="utf-8"))["page"] if page["set"] == which]
    for page in pages:
        room.write(f"www/{page['name']}.{page.get('suffix', 'html')}", page["body"])
    room.write(
        "nginx.conf",
        f"daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}\n"
        "http { access_log off; types { text/html html; application/json json; }\n"
        f" server {{ listen {HOST}:{port}; root {room.folder}/www; }} }}\n",
    )
    with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
        for page in pages:
            path = f"/{page['name']}.{page.get('suffix', 'html')}"
            by = "an interface's answer" if "suffix" in page else BY[page["expect"]]
            yield Shot(name=page["name"], expect=page["expect"], by=by, port=port, path=path)


def written_pages(room: Room) -> Iterator[Shot]:
    """Record those of the fourth set."""
    yield from _written(room, "fourth")


def written_later(room: Room) -> Iterator[Shot]:
    """Record those of the fifth set."""
    yield from _written(room, "fifth")


def written_last(room: Room) -> Iterator[Shot]:
    """Record those of the sixth set."""
    yield from _written(room, "sixth")


MAKERS = (written_pages, written_later, written_last)
