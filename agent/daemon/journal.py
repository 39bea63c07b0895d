"""The daemon's log on stderr: what the configuration hides is hidden there too."""

import logging
import sys
from collections.abc import Callable

from agent.config.loaded import Settings

log = logging.getLogger("vigie.config")


class Journal(logging.Formatter):
    """Writes the lines; tracebacks pass it as well."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact: Callable[[str], str] = str

    def format(self, record: logging.LogRecord) -> str:
        """Return a line without secrets."""
        return self._redact(super().format(record))

    def take(self, settings: Settings) -> None:
        """Hide what this configuration hides from now on."""
        self._redact = settings.redact

    def warn(self, settings: Settings) -> None:
        """Tell what is odd in a configuration that is in force now."""
        for issue in settings.warnings:
            log.warning("%s", issue)


def open_journal(settings: Settings) -> Journal:
    """Log to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    journal = Journal()
    handler.setFormatter(journal)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    journal.take(settings)
    return journal
