"""Pages stop in the middle, against the length they announce."""

from dataclasses import replace

from agent.demo.answer import Answer, Ending, Request
from agent.demo.faults import Fault


def _change(_request: Request, answer: Answer) -> Answer:
    return replace(answer, ending=Ending.CUT)


FAULT = Fault(summary="pages stop in the middle", change=_change)
