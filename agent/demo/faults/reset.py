"""Every connection is reset before a byte is sent."""

from dataclasses import replace

from agent.demo.answer import Answer, Ending, Request
from agent.demo.faults import Fault


def _change(_request: Request, answer: Answer) -> Answer:
    return replace(answer, ending=Ending.RESET)


FAULT = Fault(summary="every connection is reset", change=_change)
