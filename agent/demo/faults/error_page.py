"""The database is gone and the site says so with status 200, as many do."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Erreur de base de données</title></head>
<body><h1>Erreur lors de la connexion à la base de données</h1></body></html>
"""


def _change(request: Request, answer: Answer) -> Answer:
    return answer if request.path.startswith("/static/") else html(_PAGE)


FAULT = Fault(summary="pages show a database error with status 200", change=_change)
