"""Random answers through the whole check: no crash, no run past its deadline, no success on a part of a page."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.core.model import Observed
from tests.checks.net.http.test_parser import WHOLE, anything
from tests.lab.http.probe import probe, reasons
from tests.lab.http.server import Peer, serving


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=anything, ending=st.sampled_from(["close", "reset", "hang"]), pause=st.booleans())
async def test_any_answer_ends_in_an_outcome(data: bytes, ending: str, pause: bool) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        half = len(data) // 2
        await peer.send(data[:half])
        if pause:
            await asyncio.sleep(0.001)
        await peer.send(data[half:])
        if ending == "reset":
            peer.reset()
        elif ending == "hang":
            await peer.hang()

    async with serving(script) as server:
        outcome = await probe(server.url(), timeout=0.2)
    assert isinstance(outcome.answer, Observed)
    assert outcome.seconds < 2.0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole=st.sampled_from(WHOLE), end=st.integers(0, 400), ending=st.sampled_from(["close", "reset"]))
async def test_a_part_of_a_page_is_down(whole: bytes, end: int, ending: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(whole[: min(end, len(whole) - 1)])
        if ending == "reset":
            peer.reset()

    async with serving(script) as server:
        ((rule, _reason),) = reasons(await probe(server.url(), timeout=1.0))
    assert rule == "uptime.down"
