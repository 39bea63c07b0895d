"""Pages of the seventh set from frameworks and tools of PyPI and npm: healthy, broken, their database stopped."""

from collections.abc import Callable, Iterator, Sequence

from tests.lab.pages.fourth import _UVICORN, _WAITRESS
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
_FLASK = '\napp.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)\n'
FLASK_ADMIN = (
    """
import sys
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
app = Flask(__name__)
app.config.update(SECRET_KEY="not-secret-here", SQLALCHEMY_DATABASE_URI="URL")
db = SQLAlchemy(app)
class Door(db.Model):
    id = db.Column(db.Integer, primary_key=True); name = db.Column(db.String(40))
Admin(app, name="Shop").add_view(ModelView(Door, db.session))
if "sqlite" in "URL":
    with app.app_context(): db.create_all()
"""
    + _FLASK
)
DJANGO = (
    """
import sys, pymysql
pymysql.install_as_MySQLdb()
pymysql.version_info = (2, 2, 1, "final", 0)
import django
from django.conf import settings
settings.configure(DEBUG=sys.argv[2] == "debug", SECRET_KEY="not-secret-here", ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"], STATIC_URL="/static/", LOGGING_CONFIG=None,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.admin",
                    "django.contrib.messages", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request",
                               "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "PORT": "DEAD", "NAME": "shop",
                           "USER": "shop"}})
django.setup()
from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_protect, requires_csrf_token
def users(request):
    from django.contrib.auth.models import User
    return HttpResponse(str(User.objects.count()))
def upload(request):
    from django.core.exceptions import SuspiciousOperation
    raise SuspiciousOperation("too many fields")
def secret(request):
    from django.core.exceptions import PermissionDenied
    raise PermissionDenied
def csrf(request):
    from django.views.csrf import csrf_failure
    return csrf_failure(request, "CSRF cookie not set.")
urlpatterns = [path("admin/", admin.site.urls), path("users", users), path("upload", upload), path("secret", secret),
               path("csrf", csrf)]
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
    + _WAITRESS
)
SQLADMIN = (
    """
import sys
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.orm import declarative_base
from sqladmin import Admin, ModelView
from starlette.applications import Starlette
Base = declarative_base()
class Door(Base):
    __tablename__ = "door"; id = Column(Integer, primary_key=True)
class DoorAdmin(ModelView, model=Door): column_list = [Door.id]
app = Starlette(debug=sys.argv[2] == "debug")
Admin(app, create_engine("URL")).add_view(DoorAdmin)
"""
    + _UVICORN
)
STARLETTE_ADMIN = (
    """
import sys
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.orm import declarative_base
from starlette_admin.contrib.sqla import Admin, ModelView
from starlette.applications import Starlette
Base = declarative_base()
class Door(Base):
    __tablename__ = "door"; id = Column(Integer, primary_key=True)
app = Starlette()
admin = Admin(create_engine("sqlite://"), title="Shop"); admin.add_view(ModelView(Door)); admin.mount_to(app)
"""
    + _UVICORN
)
SMOREST = (
    """
import sys
from flask import Flask
from flask_smorest import Api, Blueprint, abort
app = Flask(__name__); app.config.update(API_TITLE="Shop", API_VERSION="1", OPENAPI_VERSION="3.0.2")
api = Api(app); blp = Blueprint("doors", "doors", url_prefix="/doors")
@blp.route("/boom")
def boom(): return {}["tariff"]
@blp.route("/gone")
def gone(): abort(503, message="The stock is being counted.")
api.register_blueprint(blp)
"""
    + _FLASK
)
NICEGUI = """
import sys
from nicegui import ui
@ui.page("/")
def home(): ui.label("Menuiserie Durand")
@ui.page("/boom")
def boom(): {}["tariff"]
ui.run(host="127.0.0.1", port=int(sys.argv[1]), reload=False, show=False)
"""
GRADIO = """
import sys, gradio
gradio.Interface(lambda size: size, "text", "text", title="Durand").launch(server_port=int(sys.argv[1]))
"""
RESPONDER = (
    """
import sys, responder
app = responder.API()
@app.route("/boom")
def boom(req, resp): {}["tariff"]
"""
    + _UVICORN
)
PROGRAMS: dict[str, tuple[str, str, Pages]] = {  # name → code, mode, pages
    "flask-admin-dead": (
        FLASK_ADMIN.replace("URL", "mysql+pymysql://u:p@127.0.0.1:DEAD/shop"),
        "plain",
        (("500", ERROR, "/admin/door/"),),
    ),
    "flask-admin-dead-debug": (
        FLASK_ADMIN.replace("URL", "mysql+pymysql://u:p@127.0.0.1:DEAD/shop"),
        "debug",
        (("500", ERROR, "/admin/door/"),),
    ),
    "django7-debug": (DJANGO, "debug", (("login", "", "/admin/login/"), ("csrf", ERROR, "/csrf"))),
    "django7": (DJANGO, "plain", (("dead", ERROR, "/users"), ("403", ERROR, "/secret"), ("csrf", ERROR, "/csrf"))),
    "sqladmin": (
        SQLADMIN.replace("URL", "sqlite://"),
        "plain",
        (("home", "", "/admin/"), ("404", ERROR, "/admin/none")),
    ),
    "sqladmin-dead": (
        SQLADMIN.replace("URL", "mysql+pymysql://u:p@127.0.0.1:DEAD/shop"),
        "plain",
        (("500", ERROR, "/admin/door/list"),),
    ),
    "starlette-admin": (
        STARLETTE_ADMIN,
        "plain",
        (("home", "", "/admin/"), ("list", ERROR, "/admin/door/list"), ("404", ERROR, "/admin/none")),
    ),
    "smorest": (
        SMOREST,
        "plain",
        (("500", ERROR, "/doors/boom"), ("503", ERROR, "/doors/gone"), ("404", ERROR, "/none")),
    ),
    "nicegui": (NICEGUI, "plain", (("home", "", "/"), ("500", ERROR, "/boom"), ("404", ERROR, "/none"))),
    "gradio": (GRADIO, "plain", (("home", "", "/"), ("404", ERROR, "/none"))),
    "responder": (RESPONDER, "plain", (("500", ERROR, "/boom"), ("404", ERROR, "/none"))),
}
TOOLS: dict[str, tuple[Sequence[str], Pages]] = {
    "locust": (
        ("locust", "-f", "shop.py", "--web-host", HOST, "--web-port", "{port}"),
        (("home", "", "/"), ("404", ERROR, "/none")),
    ),
    "sqlite-web": (
        ("sqlite_web", "-H", HOST, "-p", "{port}", "-x", "shop.db"),
        (("home", "", "/"), ("query", "", "/query/"), ("404", ERROR, "/none/")),
    ),
    "pypiserver": (
        ("pypi-server", "run", "-i", HOST, "-p", "{port}", "files"),
        (("simple", "", "/simple/"), ("404", ERROR, "/packages/none")),
    ),
    "tensorboard": (
        ("tensorboard", "--logdir", "files", "--host", HOST, "--port", "{port}"),
        (("404", ERROR, "/none"),),
    ),
    "glances": (
        ("glances", "-w", "-B", HOST, "-p", "{port}", "--disable-check-update"),
        (("home", "", "/"), ("404", ERROR, "/none")),
    ),
    "moto": (("moto_server", "-H", HOST, "-p", "{port}"), (("home", "", "/moto-api/"),)),
    "panel": (
        ("panel", "serve", "app.py", "--address", HOST, "--port", "{port}", "--allow-websocket-origin=*"),
        (("home", "", "/app"), ("404", ERROR, "/none")),
    ),
    "rq-dashboard": (
        ("rq-dashboard", "-b", HOST, "-p", "{port}", "-u", "redis://127.0.0.1:{dead}"),
        (("dead", ERROR, "/"), ("404", ERROR, "/none")),
    ),
}
NODE: dict[str, tuple[str, Pages]] = {
    "sails": (
        (
            "require('sails').lift({ port: PORT, explicitHost: '127.0.0.1', hooks: { grunt: false },"
            "log: { level: 'silent' },"
            "routes: { 'GET /boom': () => { throw new Error('No tariff'); } } }, () => {});\n"
        ),
        (("500", ERROR, "/boom"), ("404", ERROR, "/none")),
    ),
    "moleculer": (
        (
            "const { ServiceBroker } = require('moleculer'); const b = new ServiceBroker({ logger: false });"
            "b.createService({ name: 'shop', actions: { boom() { throw new Error('No tariff'); } } });"
            "b.createService({ mixins: [require('moleculer-web')],"
            "settings: { port: PORT, ip: '127.0.0.1' } }); b.start();\n"
        ),
        (("500", ERROR, "/shop/boom"), ("404", ERROR, "/none"), ("503", ERROR, "/none/x")),
    ),
    "swagger-ui": (
        (
            "const app = require('express')(), ui = require('swagger-ui-express');"
            "app.use('/docs', ui.serve, ui.setup({ openapi: '3.0.0',"
            "info: { title: 'Doors', version: '1' }, paths: {} }));"
            "app.listen(PORT, '127.0.0.1');\n"
        ),
        (("home", "", "/docs/"),),
    ),
    "apollo": (
        (
            "const { ApolloServer, gql } = require('apollo-server');"
            "new ApolloServer({ typeDefs: gql`type Query { door: String }`,"
            "resolvers: { Query: { door() { throw new Error('No tariff'); } } } })"
            ".listen({ port: PORT, host: '127.0.0.1' });\n"
        ),
        (("home", "", "/"), ("health", "", "/.well-known/apollo/server-health")),
    ),
}
HOME = "<html><head><title>Durand</title></head><body><h1>Durand</h1><p>Portes et escaliers.</p></body></html>\n"
SERVERS: dict[str, tuple[Sequence[str], Pages]] = {
    "vite": (("vite", "vite", "--host", HOST, "--port", "{port}"), (("host", ERROR, "/"),)),
    "sveltekit": (("vite", "kit", "--host", HOST, "--port", "{port}"), (("500", ERROR, "/boom"),)),
    "eleventy": (
        ("eleventy", "--input=eleventy", "--output=built", "--serve", "--port={port}", "--quiet"),
        (("home", "", "/"), ("404", ERROR, "/none")),
    ),
}
FILES = {
    "shop.py": "from locust import HttpUser\nclass A(HttpUser):\n    host = 'http://127.0.0.1:9'\n",
    "files/notes.txt": "x",
    "app.py": "import panel as pn\npn.pane.Markdown('# Durand').servable()\n",
    "vite/index.html": HOME,
    "kit/package.json": '{"type": "module"}',
    "kit/vite.config.js": "import { sveltekit } from '@sveltejs/kit/vite';\n"
    "export default { plugins: [sveltekit()] };\n",
    "kit/svelte.config.js": "export default { kit: {} };\n",
    "kit/src/app.html": "<html><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>",
    "kit/src/routes/+page.svelte": "<h1>Menuiserie Durand</h1><p>Portes et escaliers.</p>\n",
    "kit/src/routes/boom/+page.svelte": "<p>x</p>\n",
    "kit/src/routes/boom/+page.server.js": "export function load() { throw new Error('No tariff'); }\n",
    "eleventy/index.html": HOME,
}


def _code(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program of PyPI."""
        code, mode, pages = PROGRAMS[name]
        with script(room, name, code.replace("DEAD", str(room.port())), mode) as port:
            for page, expect, path in pages:
                by = f"{name.partition('-dead')[0]} of PyPI, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)

    maker.__name__ = f"seventh_{name}"
    return maker


def _node(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program of npm."""
        code, pages = NODE[name]
        room.folder.joinpath("node_modules").symlink_to(room.node)
        port = room.port()
        room.write(f"{name}.js", code.replace("PORT", str(port)))
        with room.serve(["node", f"{name}.js"], port, CLEAN | {"NODE_PATH": str(room.node)}):
            for page, expect, path in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name} of npm, {page}", port=port, path=path)

    maker.__name__ = f"seventh_{name}"
    return maker


def _command(
    name: str, tools: dict[str, tuple[Sequence[str], Pages]], *, node: bool
) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one tool."""
        command, pages = tools[name]
        bins = str(room.node / ".bin") if node else room.python.rsplit("/", 1)[0]
        if node:
            room.folder.joinpath("node_modules").symlink_to(room.node)
        for path, text in FILES.items():
            room.write(path, text)
        port, dead = room.port(), room.port()
        env = CLEAN | {"HOME": str(room.folder), "PATH": f"{bins}:/usr/bin:/bin", "CI": "1"}
        first, *rest = (part.format(port=port, dead=dead) for part in command)
        with room.serve([f"{bins}/{first}", *rest], port, env):
            for page, expect, path in pages:
                local = (("Host", f"localhost:{port}"),) if node and page != "host" else ()
                by = f"{name}, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path, headers=local)

    maker.__name__ = f"seventh_{name}"
    return maker


MAKERS = (
    *(_code(name) for name in PROGRAMS),
    *(_node(name) for name in NODE),
    *(_command(name, TOOLS, node=False) for name in TOOLS),
    *(_command(name, SERVERS, node=True) for name in SERVERS),
)
