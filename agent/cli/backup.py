"""`vigie backup` and `vigie restore`: the whole store, evidence included, as one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.frame import Config, teach
from agent.present.terminal import counted

if TYPE_CHECKING:
    from agent.store.backup import Copied

BACKUP = teach(
    "Copy the store into one file, also while the daemon runs.",
    "backup /backups/vigie-$(date +%F).db",
    more="The copy is consistent, checked, and holds the evidence too.",
)
RESTORE = teach(
    "Put a backup back; the daemon must not run.",
    "restore /backups/vigie-2026-11-24.db",
    more="What was there is kept beside it.",
)


def register(app: typer.Typer) -> None:
    """Add `backup` and `restore` to the command."""
    app.command(help=BACKUP)(backup)
    app.command(help=RESTORE)(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.", show_default=False)],
    config: Config = Path("config.toml"),
) -> int:
    """Copy the store."""
    from agent.config import load
    from agent.store.backup import back_up
    from agent.store.opening import store_path

    copied = back_up(store_path(load(config, secrets=False)), file)
    print(f"{file}: {_held(copied)}, {copied.bytes} bytes")
    return 0


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    config: Config = Path("config.toml"),
) -> int:
    """Put a backup back."""
    from agent.config import load
    from agent.store.backup import restore as put_back
    from agent.store.opening import store_path

    store = store_path(load(config, secrets=False))
    copied = put_back(file, store)
    print(f"{store}: {_held(copied)}")
    if copied.aside is not None:
        print(f"what was there before: {copied.aside}")
    return 0


def _held(copied: "Copied") -> str:
    return f"{counted(copied.tickets, 'ticket')}, {counted(copied.files, 'file')} of evidence"
