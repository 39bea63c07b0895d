"""Run the servers and write the pages: `python -m tests.lab.pages OUT [--only NAME …] [--python P] [--node DIR]`."""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.lab.pages import (
    cms,
    eighth,
    eighth_apps,
    eighth_static,
    eighth_web,
    eighth_wordpress,
    fifth,
    fourth,
    fourth_web,
    last,
    later,
    ninth,
    ninth_programs,
    ninth_python,
    ninth_sites,
    ninth_web,
    node,
    others,
    php,
    python,
    seventh,
    seventh_web,
    sixth,
    web,
    written,
)
from tests.lab.pages.room import Room, Shot, record

log = logging.getLogger("lab.pages")

Maker = Callable[[Room], Iterator[Shot]]
MAKERS: tuple[Maker, ...] = (
    *web.MAKERS,
    *php.MAKERS,
    *cms.MAKERS,
    *python.MAKERS,
    *node.MAKERS,
    *others.MAKERS,
    *later.MAKERS,
    *last.MAKERS,
    *fourth.MAKERS,
    *fourth_web.MAKERS,
    *written.MAKERS,
    *fifth.MAKERS,
    *sixth.MAKERS,
    *seventh.MAKERS,
    *seventh_web.MAKERS,
    *eighth.MAKERS,
    *eighth_wordpress.MAKERS,
    *eighth_web.MAKERS,
    *eighth_apps.MAKERS,
    *eighth_static.MAKERS,
    *ninth.MAKERS,
    *ninth_programs.MAKERS,
    *ninth_python.MAKERS,
    *ninth_sites.MAKERS,
    *ninth_web.MAKERS,
)


def make(maker: Maker, room: Room, into: Path) -> int:
    """Record all pages of one group; says of each its status and size only, so that nobody reads while recording."""
    began, count = time.monotonic(), 0
    for shot in maker(room):
        page = record(shot, room, into)
        count += 1
        log.info("  %-36s %3d %7d bytes", page.name, page.status, len(page.body))
    log.info("%s: %d pages in %.1f s", maker.__name__, count, time.monotonic() - began)
    return count


def main() -> int:
    """Return 0 when every group was recorded."""
    parser = argparse.ArgumentParser(prog="tests.lab.pages")
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--only", nargs="*", default=[], help="groups to record: " + " ".join(m.__name__ for m in MAKERS)
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter that has the Python frameworks")
    parser.add_argument("--node", type=Path, default=Path("node_modules"), help="folder that has the JavaScript ones")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    chosen.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for maker in MAKERS:
        if chosen.only and maker.__name__ not in chosen.only:
            continue
        with tempfile.TemporaryDirectory(prefix="site-", ignore_cleanup_errors=True) as folder:
            try:
                make(maker, Room(folder=Path(folder), python=chosen.python, node=chosen.node.absolute()), chosen.out)
            except Exception:
                log.exception("%s failed", maker.__name__)
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
