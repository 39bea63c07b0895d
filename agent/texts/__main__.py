"""Compiles the catalogues: `python -m agent.texts` writes a .mo beside every .po (needs babel, a development tool)."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)  # a .po without a date would be compiled with the hour of the day


def compiled(po: Path) -> bytes:
    """Return the .mo bytes of a .po file."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.name)
    catalogue.creation_date = UNDATED
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> int:
    """Compile every catalogue and return the exit status."""
    for po in sorted(HERE.glob("*/*.po")):
        po.with_suffix(".mo").write_bytes(compiled(po))
    return 0


if __name__ == "__main__":
    sys.exit(main())
