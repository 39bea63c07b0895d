"""The proxy answers 502: the application behind it does not run."""

from agent.demo.answer import Answer, Request, html
from agent.demo.faults import Fault

_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def _change(_request: Request, _answer: Answer) -> Answer:
    return html(_PAGE, status=502)


FAULT = Fault(summary="every page answers 502 Bad Gateway", change=_change)
