"""The command `vigie`: a file per group, found by folder; every error is one line on stderr."""

import os
import sys
from collections.abc import Sequence

from agent.cli.frame import build
from checks.core.errors import VigieError

USAGE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1, 2 (could not look) or 3 (usage, configuration)."""
    import typer

    try:
        result = build()(args=argv, prog_name="vigie", standalone_mode=False)
    except VigieError as error:
        return _fail(str(error), error.status)
    except typer.TyperException as error:
        return _fail(_usage_line(error), USAGE)
    except typer.Abort:
        return _fail("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: be silent, also at exit
        return 1
    return result if isinstance(result, int) else 0


def _usage_line(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    where = f" (see `{context.command_path} --help`)" if context is not None else ""
    text = getattr(error, "message", "") or str(error)
    formatted = error.format_message() if hasattr(error, "format_message") else text
    return " ".join(formatted.split()).rstrip(".") + where


def _fail(text: str, status: int) -> int:
    print(f"vigie: {text}", file=sys.stderr)
    return status
