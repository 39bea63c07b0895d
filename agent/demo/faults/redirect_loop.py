"""Two rewrite rules send visitors to and fro."""

from agent.demo.answer import Answer, Request
from agent.demo.faults import Fault


def _change(request: Request, _answer: Answer) -> Answer:
    if request.path == "/":
        target = "/accueil"
    else:
        target = request.path[:-1] if request.path.endswith("/") else f"{request.path}/"
    return Answer(status=301, headers=(("Location", target),))


FAULT = Fault(summary="pages redirect in a loop", change=_change)
