"""Pages recorded after tuning on the fifth set: more states and languages of CMSs, more frameworks and tools."""

from collections.abc import Iterator

from tests.lab.pages.fifth import in_languages, wikis_in
from tests.lab.pages.fourth import _UVICORN, _WAITRESS
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
LANGUAGES = {
    "maintenance": ("fr_FR", "it_IT", "pt_PT", "hr", "nb_NO", "sk_SK", "uk", "et"),
    "critical": ("es_ES", "ru_RU", "fi", "bg_BG", "hr"),
    "dead": ("el", "pt_PT", "cs_CZ", "da_DK", "sv_SE", "uk"),
}
WIKI = ("fr", "it", "nl", "fi", "hu", "el", "uk", "ro")
PROGRAMS = {
    "pycnic": """
import sys
from pycnic.core import WSGI, Handler
class Boom(Handler):
    def get(self): return {}["tariff"]
class app(WSGI):
    routes = [("/boom", Boom())]
"""
    + _WAITRESS,
    "flask-restx": """
import sys
from flask import Flask
from flask_restx import Api, Resource
app = Flask(__name__); api = Api(app)
@api.route("/boom")
class Boom(Resource):
    def get(self): return {}["tariff"]
"""
    + _WAITRESS,
    "django-ninja": """
import sys, django
from django.conf import settings
settings.configure(DEBUG=False, SECRET_KEY="not-secret-here", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
from django.urls import path
from ninja import NinjaAPI
api = NinjaAPI()
@api.get("boom")
def boom(request): return {}["tariff"]
urlpatterns = [path("", api.urls)]
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
    + _WAITRESS,
    "starlette": """
import sys
from starlette.applications import Starlette
from starlette.routing import Route
def boom(request): return {}["tariff"]
app = Starlette(routes=[Route("/boom", boom)])
"""
    + _UVICORN,
}
ARTICLES = {
    "bad-gateway": "# 502 Bad Gateway\n\nnginx says so when the application behind it does not answer.\n",
    "parking": "# Domaine parqué\n\nCe domaine est à vendre, dit la page. Faut-il l'acheter ?\n",
    "wartung": "# Seite im Wartungsmodus\n\nSo schaltet man den Wartungsmodus ein und wieder aus.\n",
    "traceback": "# Traceback\n\n    Traceback (most recent call last):\n      File a.py, line 3\n    KeyError: 'x'\n",
    "sql": "# SQLSTATE[HY000]\n\nConnection refused: the database is stopped.\n",
    "challenge": "# Checking your browser\n\nWhat such a page does, and how to get past it with a screen reader.\n",
}
NODE = {
    "restana": """
const app = require('restana')(); app.get('/boom', () => { throw new Error('No tariff'); });
app.start(PORT, '127.0.0.1');
""",
}


def sixth_python(room: Room) -> Iterator[Shot]:
    """Record more frameworks and tools of Python."""
    for name, code in PROGRAMS.items():
        with script(room, name, code) as port:
            yield Shot(name=f"{name}-500", expect=ERROR, by=f"{name} of PyPI, an error", port=port, path="/boom")
            yield Shot(name=f"{name}-404", expect=ERROR, by=f"{name} of PyPI, its 404", port=port, path="/none")
    bins = room.python.rsplit("/", 1)[0]
    env = CLEAN | {"PATH": f"{bins}:/usr/bin:/bin", "HOME": str(room.folder)}
    port = room.port()
    command = [f"{bins}/jupyter", "server", "--allow-root", f"--ip={HOST}", f"--port={port}", "--no-browser"]
    local = (("Host", "localhost"),)
    with room.serve([*command, "--ServerApp.allow_remote_access=True"], port, env):
        yield Shot(name="jupyter-login", expect="", by="Jupyter, its login", port=port, path="/login", headers=local)
        yield Shot(name="jupyter-404", expect=ERROR, by="Jupyter, its 404", port=port, path="/none", headers=local)
    port = room.port()
    command = [f"{bins}/streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    room.write("app.py", "import streamlit as st\nst.title('Menuiserie Durand')\n")
    with room.serve([*command, f"--server.address={HOST}", "--browser.gatherUsageStats=false"], port, env):
        yield Shot(name="streamlit-home", expect="", by="Streamlit, its page before scripts", port=port)


def sixth_node(room: Room) -> Iterator[Shot]:
    """Record more frameworks of Node.js."""
    env = CLEAN | {"NODE_PATH": str(room.node)}
    room.folder.joinpath("node_modules").symlink_to(room.node)
    for name, code in NODE.items():
        port = room.port()
        room.write(f"{name}.js", code.replace("PORT", str(port)))
        with room.serve(["node", f"{name}.js"], port, env):
            yield Shot(name=f"{name}-500", expect=ERROR, by=f"{name} of npm, an error", port=port, path="/boom")


def sixth_articles(room: Room) -> Iterator[Shot]:
    """Record articles about such pages in MkDocs' other theme."""
    bins = room.python.rsplit("/", 1)[0]
    env = CLEAN | {"PATH": f"{bins}:/usr/bin:/bin", "HOME": str(room.folder)}
    for name, text in ARTICLES.items():
        room.write(f"book/docs/{name}.md", text)
    room.write("book/docs/index.md", "# Notes\n\nDoors and windows.\n")
    room.write("book/mkdocs.yml", "site_name: Notes\nuse_directory_urls: false\ntheme: readthedocs\n")
    port = room.port()
    command = [f"{bins}/mkdocs", "serve", "-f", "book/mkdocs.yml", "--no-livereload", "-a", f"{HOST}:{port}"]
    with room.serve(command, port, env):
        for name in ARTICLES:
            by = "MkDocs, its readthedocs theme, an article"
            yield Shot(name=f"mkdocs-rtd-{name}", expect="", by=by, port=port, path=f"/{name}.html")


def sixth_languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in languages that were not recorded in that state."""
    yield from in_languages(room, LANGUAGES)


def sixth_wikis(room: Room) -> Iterator[Shot]:
    """Record MediaWiki in eight more languages."""
    yield from wikis_in(room, WIKI)


MAKERS = (sixth_python, sixth_node, sixth_articles, sixth_languages, sixth_wikis)
