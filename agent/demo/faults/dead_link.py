"""A page that others link to was removed."""

from agent.demo.answer import Answer, Request
from agent.demo.faults import Fault
from agent.demo.site import not_found


def _change(request: Request, answer: Answer) -> Answer:
    return not_found() if request.path == "/mentions-legales" else answer


FAULT = Fault(summary="the legal notice is linked from every page and answers 404", change=_change)
