"""The domain name was not renewed: the registrar's page stands in the site's place."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>atelier-lumiere.example - This domain is for sale</title></head>
<body><h1>atelier-lumiere.example</h1><p>This domain is for sale. Buy this domain.</p>
<p>The Sponsored Listings displayed above are served automatically by a third party.</p></body></html>
"""


def _change(_request: Request, _answer: Answer) -> Answer:
    return html(_PAGE)


FAULT = Fault(summary="a parking page stands in the site's place", change=_change)
