"""The command `vigie`: a file per group, found by folder; every error is one line on stderr."""

import errno
import io
import os
import sys
from collections.abc import Sequence

from agent.cli.frame import build
from checks.core.errors import VigieError

USAGE = 3
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_PYDANTICS = "Value error, "  # how pydantic, which reads the words for typer, introduces what is wrong with one


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1, 2 (could not look) or 3 (usage, configuration)."""
    import typer

    _speak()
    try:
        result = build()(args=argv, prog_name="vigie", standalone_mode=False)
        sys.stdout.flush()  # what cannot be written is known now, not at exit
    except VigieError as error:
        return _fail(str(error), error.status)
    except typer.TyperException as error:
        return _fail(_usage_line(error), USAGE)
    except typer.Abort:
        return _fail("interrupted", 130)
    except BrokenPipeError:
        _abandon()
        return 1
    except OSError as error:
        return _fail(_why(error), 1)
    return result if isinstance(result, int) else 0


def _speak() -> None:
    """Let no letter end a command: programs are given UTF-8, a terminal what it can show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")


def _why(error: OSError) -> str:
    """Say what the system refused: to take our output, or something that no part of ours foresaw."""
    if error.filename is None and error.errno in _NO_ROOM:
        _abandon()
        return f"the output cannot be written: {error.strerror}"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _abandon() -> None:
    """Write no more: Python would try again at exit, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage_line(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    where = f" (see `{context.command_path} --help`)" if context is not None else ""
    text = getattr(error, "message", "") or str(error)
    formatted = error.format_message() if hasattr(error, "format_message") else text
    return " ".join(formatted.replace(_PYDANTICS, "").split()).rstrip(".") + where


def _fail(text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"vigie: {line}", file=sys.stderr)
    return status
