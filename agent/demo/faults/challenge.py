"""A protection service asks every visitor, the agent too, to prove they are human."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title></head>
<body><noscript>Enable JavaScript and cookies to continue</noscript>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>
"""


def _change(_request: Request, _answer: Answer) -> Answer:
    return html(_PAGE, status=403, headers=(("Server", "cloudflare"), ("CF-Mitigated", "challenge")))


FAULT = Fault(summary="a bot challenge answers instead of the site", change=_change)
