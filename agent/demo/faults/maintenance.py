"""Someone left the site in maintenance, with status 200."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Site en maintenance</title></head>
<body><h1>Site en maintenance</h1><p>Nous revenons dans quelques minutes. Merci de votre patience.</p></body></html>
"""


def _change(request: Request, answer: Answer) -> Answer:
    return answer if request.path.startswith("/static/") else html(_PAGE)


FAULT = Fault(summary="pages say the site is under maintenance, with status 200", change=_change)
