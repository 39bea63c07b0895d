"""The log channel writes one line, and is found like any other."""

import logging

import pytest

from agent.notify.channel import Delivered, NoChannel, find
from agent.notify.channels.log import URL
from tests.agent.notify.messages import message


async def test_one_line_says_which_ticket_and_what(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "vigie.tickets"):
        assert await find(URL).send(message(), URL) == Delivered()
    assert caplog.messages == ["ACME-2026-0001 opened [critical] Le site ne répond pas"]


def test_an_address_nobody_takes_is_refused_with_those_there_are() -> None:
    with pytest.raises(NoChannel, match="no channel takes gopher: addresses; there is file, log"):
        find("gopher://x")
