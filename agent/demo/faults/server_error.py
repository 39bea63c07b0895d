"""The application fails on the shop's pages, and only there."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = "<html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1></body></html>"


def _change(request: Request, answer: Answer) -> Answer:
    return html(_PAGE, status=500) if request.path.startswith("/boutique") else answer


FAULT = Fault(summary="the shop's pages answer 500, the others are well", change=_change)
