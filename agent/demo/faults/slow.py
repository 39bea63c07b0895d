"""Every page takes six seconds."""

from dataclasses import replace

from agent.demo.answer import Answer, Request
from agent.demo.faults import Fault

SECONDS = 6.0


def _change(_request: Request, answer: Answer) -> Answer:
    return replace(answer, wait=answer.wait + SECONDS)


FAULT = Fault(summary="every page takes 6 s", change=_change)
