"""Messages for tests."""

from datetime import UTC, datetime

from agent.notify.channel import Message


def message(key: str = "k1", title: str = "Le site ne répond pas") -> Message:
    """Return a message with that key."""
    return Message(
        key=key,
        at=datetime(2026, 11, 24, 10, 0, 0, 250_000, tzinfo=UTC),
        channel="astreinte",
        event="opened",
        ticket="ACME-2026-0001",
        site="acme-shop",
        severity="critical",
        title=title,
        body="Depuis 11 h.\nVoir le ticket.",
    )
