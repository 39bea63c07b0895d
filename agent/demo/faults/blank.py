"""White pages: status 200 and not a byte."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault


def _change(request: Request, answer: Answer) -> Answer:
    return answer if request.path.startswith("/static/") else html("")


FAULT = Fault(summary="pages are empty, with status 200", change=_change)
