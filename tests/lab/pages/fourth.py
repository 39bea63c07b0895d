"""Pages of Python recorded after the signs were written: more frameworks, challenges, tools."""

from collections.abc import Iterator

from tests.lab.pages.python import script
from tests.lab.pages.room import HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR, CHALLENGE = "error_page", "bot_challenge"
_FLASK = 'import sys\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "not-secret-here"\n'
_RUN = (
    '\n@app.route("/")\n@app.route("/home")\ndef home(): return open("home.html").read()\n'
    'app.run("127.0.0.1", int(sys.argv[1]))\n'
)
_UVICORN = '\nimport uvicorn\nuvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")\n'
_WAITRESS = '\nfrom waitress import serve\nserve(app, host="127.0.0.1", port=int(sys.argv[1]))\n'
PROGRAMS = {
    "falcon": """
import sys, falcon
class Home:
    def on_get(self, req, resp): resp.content_type = "text/html; charset=utf-8"; resp.text = open("home.html").read()
class Boom:
    def on_get(self, req, resp): {}["tariff"]
app = falcon.App(); app.add_route("/home", Home()); app.add_route("/boom", Boom())
"""
    + _WAITRESS,
    "klein": """
import sys
from klein import Klein
app = Klein()
@app.route("/home")
def home(request): request.setHeader("Content-Type", "text/html; charset=utf-8"); return open("home.html").read()
@app.route("/boom")
def boom(request): return {}["tariff"]
app.run("127.0.0.1", int(sys.argv[1]))
""",
    "microdot": """
import sys
from microdot import Microdot
app = Microdot()
@app.route("/home")
async def home(request): return open("home.html").read(), 200, {"Content-Type": "text/html; charset=UTF-8"}
@app.route("/boom")
async def boom(request): return {}["tariff"]
app.run(host="127.0.0.1", port=int(sys.argv[1]))
""",
    "muffin": """
import sys, muffin
app = muffin.Application(debug=sys.argv[2] == "debug")
@app.route("/home")
async def home(request): return open("home.html").read()
@app.route("/boom")
async def boom(request): return {}["tariff"]
"""
    + _UVICORN,
    "robyn": """
import sys
from robyn import Robyn, Response
app = Robyn(__file__)
@app.get("/home")
async def home(request): return Response(200, {"Content-Type": "text/html; charset=utf-8"}, open("home.html").read())
@app.get("/boom")
async def boom(request): return {}["tariff"]
app.start(host="127.0.0.1", port=int(sys.argv[1]))
""",
    "turbogears": """
import sys
from tg import MinimalApplicationConfigurator, TGController, expose
class Root(TGController):
    @expose()
    def home(self): return open("home.html").read()
    @expose()
    def boom(self): return {}["tariff"]
config = MinimalApplicationConfigurator()
config.update_blueprint({"root_controller": Root(), "debug": sys.argv[2] == "debug"})
app = config.make_wsgi_app()
"""
    + _WAITRESS,
    "connexion": """
import sys, connexion
def boom(): return {}["tariff"]
spec = {"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "paths": {
    "/boom": {"get": {"operationId": "__main__.boom", "responses": {"200": {"description": "ok"}}}}}}
app = connexion.AsyncApp(__name__); app.add_api(spec)
"""
    + _UVICORN,
    "pyramid-debugtoolbar": """
import sys
from pyramid.config import Configurator
def boom(request): return {}["tariff"]
config = Configurator(); config.add_route("boom", "/boom"); config.add_view(boom, route_name="boom")
def wrapped(environ, start):
    import traceback
    try: return inner(environ, start)
    except Exception:
        start("500 Internal Server Error", [("Content-Type", "text/plain")]); return [traceback.format_exc().encode()]
inner = config.make_wsgi_app(); app = wrapped
"""
    + _WAITRESS,
}
BOTH = {"muffin", "turbogears"}  # with and without their debug mode
NO_HOME = {"connexion", "pyramid-debugtoolbar"}
NO_404 = {"pyramid-debugtoolbar"}
CHALLENGES = {
    "flask-vouch": (_FLASK + 'from flask_vouch import Vouch\nVouch(app, secret="x" * 32)' + _RUN, "Flask-Vouch", "/"),
    "tollbooth": (
        "import sys\nfrom tollbooth import TollboothWSGI\n"
        "def site(environ, start): start('200 OK', []); return [b'x']\n"
        "app = TollboothWSGI(site, secret='x' * 32)\n" + _WAITRESS,
        "tollbooth",
        "/",
    ),
    "flask-july": (
        _FLASK + "from flask_july import Flask_July\nFlask_July(app)" + _RUN,
        "Flask-July",
        "/July.x/challenge?next=/",
    ),
}


def more_frameworks(room: Room) -> Iterator[Shot]:
    """Record each framework's error, its 404 and a healthy page."""
    for name, code in PROGRAMS.items():
        for mode in ("debug", "plain") if name in BOTH else ("plain",):
            with script(room, f"{name}-{mode}", code, mode) as port:
                by = f"{name}, {mode}"
                tail = f"-{mode}" if name in BOTH else ""
                yield Shot(name=f"{name}{tail}-500", expect=ERROR, by=f"{by}, an error", port=port, path="/boom")
                if mode == "plain" and name not in NO_404:
                    yield Shot(name=f"{name}-404", expect=ERROR, by=f"{by}, its 404", port=port, path="/none")
                if mode == "plain" and name not in NO_HOME:
                    yield Shot(name=f"{name}-home", expect="", by=f"{by}, healthy", port=port, path="/home")


def challenges(room: Room) -> Iterator[Shot]:
    """Record what middlewares against bots show to who has no proof yet."""
    for name, (code, product, path) in CHALLENGES.items():
        with script(room, name, code) as port:
            browser = (("Accept-Language", "en"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "none"))
            by = f"{product}, a first visit"
            yield Shot(
                name=name,
                expect=ERROR if name == "tollbooth" else CHALLENGE,
                by=by,
                port=port,
                path=path,
                headers=browser,
            )


def tools(room: Room) -> Iterator[Shot]:
    """Record applications with pages of their own, healthy and not."""
    bins = room.python.rsplit("/", 1)[0]
    room.write("dav/readme.txt", "x")
    room.write("packages/.keep", "")
    room.write("home.html", HEALTHY)
    runs = (
        ("wsgidav", [f"{bins}/wsgidav", f"--host={HOST}", "--port={port}", "--root=dav", "--auth=anonymous"]),
        ("radicale", [f"{bins}/radicale", f"--server-hosts={HOST}:{{port}}", "--storage-filesystem-folder=rad"]),
        ("datasette", [f"{bins}/datasette", "serve", "-h", HOST, "-p", "{port}", "--memory"]),
        ("httpbin", [f"{bins}/gunicorn", "-b", f"{HOST}:{{port}}", "httpbin:app"]),
    )
    pages = {
        "wsgidav": (("home", "", "/"), ("404", ERROR, "/none.txt")),
        "radicale": (("home", "", "/.web/"), ("404", ERROR, "/none")),
        "datasette": (
            ("home", "", "/"),
            ("404", ERROR, "/none"),
            ("sql", ERROR, "/_memory?sql=select+*+from+nothing"),
            ("query", "", "/_memory?sql=select+1"),
        ),
        "httpbin": (("home", "", "/"), ("novel", "", "/html"), ("json", "", "/json"), ("404", ERROR, "/none")),
    }
    for name, command in runs:
        port = room.port()
        env = {"PATH": f"{bins}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(room.folder)}
        with room.serve([part.format(port=port) for part in command], port, env):
            for page, expect, path in pages[name]:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name}, {page}", port=port, path=path)


MAKERS = (more_frameworks, challenges, tools)
