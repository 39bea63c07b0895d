"""The shop's pages lost the button that sells."""

from dataclasses import replace

from agent.demo.answer import Answer, Request
from agent.demo.faults import Fault


def _change(_request: Request, answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b"Ajouter au panier", b""))


FAULT = Fault(summary='the words "Ajouter au panier" are gone', change=_change)
