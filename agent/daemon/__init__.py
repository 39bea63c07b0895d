"""The daemon: puts the parts together, runs them until a signal, and stops them in order so that nothing is lost."""

from pathlib import Path


def run(path: Path) -> int:
    """Run until SIGTERM or SIGINT; raises `VigieError` when it cannot start."""
    from agent.daemon.journal import open_journal
    from agent.daemon.limits import raise_descriptors
    from agent.daemon.orders import by_signals
    from agent.daemon.pauses import shorten
    from agent.daemon.reload import read
    from agent.daemon.service import serve
    from agent.texts import LANGUAGES, catalogue
    from checks.net import loop

    for language in LANGUAGES:
        catalogue(language)  # read now: out of descriptors it could not even say so
    settings, wanted = read(path)
    journal = open_journal(settings)
    raise_descriptors()
    shorten()

    async def daemon() -> int:
        return await serve(by_signals(path, settings, wanted, journal))

    return loop.run(daemon())
