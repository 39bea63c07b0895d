"""The server accepts connections and never answers."""

from dataclasses import replace

from agent.demo.answer import Answer, Ending, Request
from agent.demo.faults import Fault


def _change(_request: Request, answer: Answer) -> Answer:
    return replace(answer, ending=Ending.SILENT)


FAULT = Fault(summary="connections are accepted, nothing is ever answered", change=_change)
