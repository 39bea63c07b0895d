"""Pages of Python: Django, Flask, FastAPI, Bottle, Pyramid, CherryPy, Tornado, aiohttp, its servers, Trac."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

DJANGO = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "__main__"
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path
DEBUG = sys.argv[2] == "debug"
settings.configure(DEBUG=DEBUG, SECRET_KEY="not-secret-here", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["www.example.test"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", *MORE],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "DIRS": ["templates"]}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/none/site.db"}},
    INSTALLED_APPS=APPS, MAINTENANCE_MODE=True, STATIC_URL="/static/")
def home(request): request.get_host(); return HttpResponse(open("home.html").read())
def boom(request): return HttpResponse(str(tariffs[0]))
def data(request): connection.cursor().execute("select 1"); return HttpResponse("x")
def template(request):
    from django.shortcuts import render
    return render(request, "devis.html")
def hard(request):
    from django.shortcuts import render
    return render(request, "broken.html")
urlpatterns = [path("home", home), path("boom", boom), path("data", data), path("template", template),
    path("broken", hard)] if URLS else []
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import make_server, WSGIRequestHandler
import socketserver
make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
"""
FLASK = """
import sys
from flask import Flask, abort
app = Flask(__name__)
@app.route("/home")
def home(): return open("home.html").read()
@app.route("/boom")
def boom(): return {}["tariff"]
@app.route("/busy")
def busy(): abort(503)
app.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)
"""
STARLETTE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI(debug=sys.argv[2] == "debug")
@app.get("/boom")
def boom(): return {}["tariff"]
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""
OTHERS = {
    "bottle": """
import sys, bottle
bottle.debug(sys.argv[2] == "debug")
@bottle.route("/boom")
def boom(): return {}["tariff"]
bottle.run(host="127.0.0.1", port=int(sys.argv[1]), quiet=True)
""",
    "cherrypy": """
import sys, cherrypy
class Site:
    @cherrypy.expose
    def boom(self): return {}["tariff"]
cherrypy.config.update({"server.socket_host": "127.0.0.1", "server.socket_port": int(sys.argv[1]),
    "request.show_tracebacks": sys.argv[2] == "debug", "log.screen": False, "engine.autoreload.on": False})
cherrypy.quickstart(Site())
""",
    "tornado": """
import sys, tornado.web, tornado.ioloop
class Boom(tornado.web.RequestHandler):
    def get(self): return {}["tariff"]
app = tornado.web.Application([("/boom", Boom)], debug=sys.argv[2] == "debug", autoreload=False)
app.listen(int(sys.argv[1]), "127.0.0.1"); tornado.ioloop.IOLoop.current().start()
""",
    "aiohttp": """
import sys, asyncio
from aiohttp import web
async def boom(request): return {}["tariff"]
app = web.Application(); app.router.add_get("/boom", boom)
async def main():
    asyncio.get_running_loop().set_debug(sys.argv[2] == "debug")
    runner = web.AppRunner(app); await runner.setup(); await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()
asyncio.run(main())
""",
    "pyramid": """
import sys
from pyramid.config import Configurator
from wsgiref.simple_server import make_server
def boom(request): return request.nothing
with Configurator() as config:
    config.add_route("boom", "/boom"); config.add_view(boom, route_name="boom")
    make_server("127.0.0.1", int(sys.argv[1]), config.make_wsgi_app()).serve_forever()
""",
    "gunicorn": """
import sys
from gunicorn.app.base import BaseApplication
def app(environ, start): raise KeyError("tariff")
class Server(BaseApplication):
    def load_config(self): self.cfg.set("bind", "127.0.0.1:" + sys.argv[1])
    def load(self): return app
Server().run()
""",
    "waitress": """
import sys, waitress
def app(environ, start): raise KeyError("tariff")
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))
""",
}


@contextmanager
def script(room: Room, name: str, code: str, mode: str = "plain") -> Iterator[int]:
    """Run one program that takes a port and a mode; yields the port."""
    port = room.port()
    path = room.write(f"{name}/site.py", code)
    room.write("home.html", HEALTHY)
    with room.serve([room.python, str(path), str(port), mode], port, CLEAN):
        yield port


def django(room: Room) -> Iterator[Shot]:
    """Record Django with and without DEBUG, and in django-maintenance-mode."""

    def shot(name: str, expect: str, what: str, port: int, path: str, *headers: tuple[str, str]) -> Shot:
        return Shot(
            name=f"django-{name}", expect=expect, by=f"Django 5.2, {what}", port=port, path=path, headers=headers
        )

    plain = "MORE = []; APPS = []; URLS = True\n" + DJANGO
    room.write("templates/broken.html", "{% block x %}{{ a|nofilter }}")
    with script(room, "debug", plain, "debug") as port:
        yield shot("healthy", "", "DEBUG, a healthy page", port, "/home")
        yield shot("debug-error", "error_page", "DEBUG, a NameError", port, "/boom")
        yield shot("debug-database", "error_page", "DEBUG, a database that is not there", port, "/data")
        yield shot("debug-template-missing", "error_page", "DEBUG, a template that is not there", port, "/template")
        yield shot("debug-template-syntax", "error_page", "DEBUG, a template with a wrong filter", port, "/broken")
        yield shot("debug-404", "error_page", "DEBUG, its 404", port, "/none")
        yield shot(
            "debug-host", "error_page", "DEBUG, a host not allowed", port, "/home", ("Host", "shop.example.test")
        )
    with script(room, "plain", plain) as port:
        yield shot("500", "error_page", "no DEBUG, an error", port, "/boom")
        yield shot("404", "error_page", "no DEBUG, its 404", port, "/none")
        yield shot("400", "error_page", "no DEBUG, a host not allowed", port, "/home", ("Host", "shop.example.test"))
    with script(room, "welcome", "MORE = []; APPS = []; URLS = False\n" + DJANGO, "debug") as port:
        yield shot("welcome", "error_page", "DEBUG, no URL configured: its welcome page", port, "/")
    more = (
        "MORE = ['maintenance_mode.middleware.MaintenanceModeMiddleware']; APPS = ['maintenance_mode']; URLS = True\n"
    )
    with script(room, "maintenance", more + DJANGO) as port:
        yield shot("maintenance", "maintenance_page", "django-maintenance-mode 0.22", port, "/home")


def flask(room: Room) -> Iterator[Shot]:
    """Record Flask with its debugger and without."""
    for mode, name in (("debug", "flask-debug"), ("plain", "flask")):
        with script(room, name, FLASK, mode) as port:
            if mode == "plain":
                yield Shot(name="flask-healthy", expect="", by="Flask 3.1, a healthy page", port=port, path="/home")
                yield Shot(name="flask-404", expect="error_page", by="Flask 3.1, its 404", port=port, path="/none")
                yield Shot(name="flask-503", expect="error_page", by="Flask 3.1, abort(503)", port=port, path="/busy")
            yield Shot(
                name=f"{name}-500", expect="error_page", by=f"Flask 3.1, {mode}, a KeyError", port=port, path="/boom"
            )


def starlette(room: Room) -> Iterator[Shot]:
    """Record FastAPI with Starlette's debug page and without."""
    for mode in ("debug", "plain"):
        with script(room, f"fastapi-{mode}", STARLETTE, mode) as port:
            html = (("Accept", "text/html"),)
            what = f"FastAPI 0.165, {mode}, a KeyError"
            yield Shot(name=f"fastapi-{mode}-500", expect="error_page", by=what, port=port, path="/boom", headers=html)
            if mode == "plain":
                yield Shot(
                    name="fastapi-docs",
                    expect="",
                    by="FastAPI 0.165, its docs (drawn by script)",
                    port=port,
                    path="/docs",
                )


def others(room: Room) -> Iterator[Shot]:
    """Record an error and a 404 of each smaller framework and server."""
    for name, code in OTHERS.items():
        for mode in ("debug", "plain") if "debug" in code else ("plain",):
            with script(room, f"{name}-{mode}", code, mode) as port:
                yield Shot(
                    name=f"{name}-{mode}-500",
                    expect="error_page",
                    by=f"{name}, {mode}, an error",
                    port=port,
                    path="/boom",
                )
                if mode == "plain" and "route" in code + "Application([" and name not in {"gunicorn", "waitress"}:
                    yield Shot(name=f"{name}-404", expect="error_page", by=f"{name}, its 404", port=port, path="/none")


def trac(room: Room) -> Iterator[Shot]:
    """Record Trac whole and with its environment gone."""
    port, admin = room.port(), room.python.replace("bin/python", "bin/trac-admin")
    room.run([admin, str(room.folder / "env"), "initenv", "Atelier", "sqlite:db/trac.db"])
    with room.serve(
        [
            room.python.replace("bin/python", "bin/tracd"),
            "-s",
            "--port",
            str(port),
            f"--hostname={HOST}",
            str(room.folder / "env"),
        ],
        port,
    ):
        yield Shot(name="trac-wiki", expect="", by="Trac 1.6, healthy", port=port, path="/wiki")
        yield Shot(name="trac-404", expect="error_page", by="Trac 1.6, its 404", port=port, path="/none")
    (room.folder / "env/conf/trac.ini").write_text("[trac]\ndatabase = sqlite:db/none.db\n")
    port = room.port()
    with room.serve(
        [
            room.python.replace("bin/python", "bin/tracd"),
            "-s",
            "--port",
            str(port),
            f"--hostname={HOST}",
            str(room.folder / "env"),
        ],
        port,
    ):
        yield Shot(name="trac-broken", expect="error_page", by="Trac 1.6, its database gone", port=port, path="/wiki")


MAKERS = (django, flask, starlette, others, trac)
