"""The log: one line for each message, always there."""

import logging

from agent.notify.channel import Channel, Delivered, Message, Receipt

log = logging.getLogger("vigie.tickets")

URL = "log:"


async def _send(message: Message, _url: str) -> Receipt:
    log.warning("%s %s [%s] %s", message.ticket, message.event, message.severity, message.title)
    return Delivered()


CHANNEL = Channel(kind="log", schemes=frozenset({"log"}), send=_send, merges=False)
