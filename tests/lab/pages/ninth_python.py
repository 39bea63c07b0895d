"""Pages of the ninth set from Python: Django 2.2, 4.1, 5.1, Wagtail, Oscar, Flask 1.1 and 2, wikis and tools."""

from collections.abc import Callable, Iterator, Sequence

from tests.lab.pages.fourth import _WAITRESS
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
_FLASK = '\napp.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)\n'
_HEAD = """
import os, sys, pymysql
pymysql.version_info = (2, 2, 1, "final", 0); pymysql.__version__ = "2.2.1"
pymysql.install_as_MySQLdb()
import django
from django.conf import settings
sys.modules["shop"] = sys.modules["__main__"]
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.admin", "django.contrib.messages",
        "django.contrib.sessions", "django.contrib.staticfiles"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"]
CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, "shop": {
    "ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "PORT": "DEAD", "NAME": "shop", "USER": "shop"}}
def configure(**more):
    settings.configure(**{**dict(DEBUG=sys.argv[2] == "debug", SECRET_KEY="not-secret-here", ROOT_URLCONF="shop",
        ALLOWED_HOSTS=["*"], STATIC_URL="/static/", LOGGING_CONFIG=None, INSTALLED_APPS=APPS, MIDDLEWARE=MIDDLEWARE,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", DATABASES=DATABASES,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "DIRS": ["templates"], "OPTIONS": {"context_processors": CONTEXT}}]), **more})
    django.setup()
"""
_VIEWS = """
configure(LANGUAGE_CODE="TONGUE", USE_I18N=True)
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, reverse
from django.urls import path
def home(request): return render(request, "home.html", {"doors": ["oak", "ash"]})
def basket(request): return render(request, "basket.html")
def table(request): return HttpResponse(User.objects.count())
def dead(request): return HttpResponse(User.objects.using("shop").count())
def chain(request):
    try: return {}["tariff"]
    except KeyError as error: raise ValueError("no price for today") from error
def lost(request): raise Http404("No door of this name")
def back(request): return redirect("checkout")
def none(request): pass
def hard(request): return render(request, "broken.html")
def many(request):
    from django.core.exceptions import MultipleObjectsReturned
    raise MultipleObjectsReturned("get() returned more than one Door -- it returned 2!")
def bad(request):
    from django.core.exceptions import SuspiciousOperation
    raise SuspiciousOperation("x")
def secret(request):
    from django.core.exceptions import PermissionDenied
    raise PermissionDenied
def data(request): return JsonResponse({"doors": [{"name": "oak", "price": 420}], "errors": []})
urlpatterns = [path(f.__name__, f) for f in (home, basket, table, dead, chain, lost, back, none, hard, many, bad,
    secret, data)] + [path("admin/", admin.site.urls)]
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
_REST = """
APPS += ["rest_framework"]
configure(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None})
from django.urls import path
from rest_framework import exceptions
from rest_framework.decorators import api_view
from rest_framework.response import Response
class Closed(exceptions.APIException):
    status_code = 503; default_detail = "Service temporarily unavailable, try again later."
@api_view(["GET", "POST"])
def doors(request): return Response([{"id": 1, "name": "oak"}])
@api_view(["GET"])
def boom(request): raise exceptions.APIException()
@api_view(["GET"])
def closed(request): raise Closed()
@api_view(["GET"])
def busy(request): raise exceptions.Throttled(wait=30)
@api_view(["GET"])
def key(request): return Response({}["tariff"])
urlpatterns = [path("doors", doors), path("boom", boom), path("closed", closed), path("busy", busy), path("key", key)]
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
SERVER = "\nfrom django.contrib.staticfiles.handlers import StaticFilesHandler\n" + _WAITRESS
DJANGO = _HEAD + _VIEWS + SERVER
REST = _HEAD + _REST + SERVER
FAULTS: Pages = tuple((name, ERROR, f"/{name}") for name in ("table", "dead", "chain", "lost", "back", "none", "hard"))
PLAIN: Pages = (
    ("home", "", "/home"), ("basket", "", "/basket"), ("data", "", "/data"), ("login", "", "/admin/login/"),
    ("500", ERROR, "/dead"), ("400", ERROR, "/bad"), ("403", ERROR, "/secret"), ("404", ERROR, "/nothing"),
)  # fmt: skip
API: Pages = (("doors", "", "/doors"), ("boom", ERROR, "/boom"), ("closed", ERROR, "/closed"), ("busy", ERROR, "/busy"))
FILES = {
    "templates/home.html": "<html><head><title>Durand</title></head><body><nav><a href='/basket'>Basket</a></nav>"
    "<h1>Doors made to measure</h1>{% for d in doors %}<article><h2>{{ d }}</h2><p>From 420 EUR, delivered in three"
    " weeks.</p></article>{% endfor %}<footer>12 quai de la Fosse, Nantes</footer></body></html>",
    "templates/basket.html": "<html><head><title>Your basket</title></head><body><nav><a href='/home'>Doors</a></nav>"
    "<h1>Your basket</h1><p>Your basket is empty.</p></body></html>",
    "templates/broken.html": "{% extends 'base.html' %}{% block x %}{{ a }}",
    "templates/devis.html": "<h1>{{ devis.total.euros }}</h1>{% include 'lignes.html' %}",
    "templates/page.html": "<!doctype html><title>Durand</title><h1>Portes</h1><p>Chêne, frêne, hêtre.</p>",
}
FLASK = """
import sys
from flask import Flask, abort, jsonify, render_template, url_for, flash, get_flashed_messages
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__, template_folder="../templates")
app.config.update(SECRET_KEY="not-secret-here", SQLALCHEMY_DATABASE_URI="URL", SQLALCHEMY_TRACK_MODIFICATIONS=False)
db = SQLAlchemy(app)
class Door(db.Model):
    id = db.Column(db.Integer, primary_key=True); name = db.Column(db.String(40))
@app.route("/page")
def page(): return render_template("page.html")
@app.route("/data")
def data(): return jsonify(doors=[{"name": "oak"}], count=1)
@app.route("/doors")
def doors(): return str(Door.query.count())
@app.route("/devis")
def devis(): return render_template("devis.html", devis=None)
@app.route("/lost-template")
def template(): return render_template("none.html")
@app.route("/url")
def url(): return url_for("checkout")
@app.route("/none")
def none(): return None
@app.route("/chain")
def chain():
    try: return {}["tariff"]
    except KeyError as error: raise RuntimeError("no price for today") from error
@app.route("/code/<int:code>")
def code(code): abort(code)
""" + _FLASK  # fmt: skip
FLASK_FAULTS: Pages = tuple((n, ERROR, f"/{n}") for n in ("doors", "devis", "lost-template", "url", "none", "chain"))
FLASK_PLAIN: Pages = (
    ("page", "", "/page"), ("data", "", "/data"), ("500", ERROR, "/doors"), ("502", ERROR, "/code/502"),
    ("429", ERROR, "/code/429"),
)  # fmt: skip
RESTFUL = """
import sys
from flask import Flask
from flask_restful import Api, Resource, abort
app = Flask(__name__); api = Api(app)
class Boom(Resource):
    def get(self): return {}["tariff"]
class Closed(Resource):
    def get(self): abort(503, message="The stock database does not answer")
api.add_resource(Boom, "/boom"); api.add_resource(Closed, "/closed")
""" + _FLASK  # fmt: skip
SECURITY = """
import sys
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_security import Security, SQLAlchemyUserDatastore, auth_required
from flask_security.models import fsqla_v3 as fsqla
app = Flask(__name__)
app.config.update(SECRET_KEY="not-secret-here", SECURITY_PASSWORD_SALT="1", SQLALCHEMY_DATABASE_URI="sqlite://",
    SECURITY_REGISTERABLE=True, SECURITY_RECOVERABLE=True, SECURITY_SEND_REGISTER_EMAIL=False)
db = SQLAlchemy(app); fsqla.FsModels.set_db_info(db)
class Role(db.Model, fsqla.FsRoleMixin): pass
class User(db.Model, fsqla.FsUserMixin): pass
Security(app, SQLAlchemyUserDatastore(db, User, Role))
""" + _FLASK  # fmt: skip
EVE = """
import sys
from eve import Eve
app = Eve(settings={"DOMAIN": {"doors": {}}, "MONGO_HOST": "127.0.0.1", "MONGO_PORT": int("DEAD"), "MONGO_DBNAME": "x",
    "MONGO_OPTIONS": {"serverSelectionTimeoutMS": 500, "connect": False}})
""" + _FLASK  # fmt: skip
DEAD_SHOP = "mysql+pymysql://u:p@127.0.0.1:DEAD/shop"
PROGRAMS: dict[str, tuple[str, str, Pages]] = {  # name → code, mode, pages
    "django22-debug": (DJANGO.replace("TONGUE", "en"), "debug", FAULTS),
    "django22": (DJANGO.replace("TONGUE", "fr"), "plain", PLAIN),
    "django41-debug": (DJANGO.replace("TONGUE", "en"), "debug", (*FAULTS[:3], ("many", ERROR, "/many"))),
    "django41": (DJANGO.replace("TONGUE", "nl"), "plain", (PLAIN[3],)),
    "django51-debug": (DJANGO.replace("TONGUE", "en"), "debug", (*FAULTS, ("favicon", ERROR, "/none/favicon.ico"))),
    "django51": (DJANGO.replace("TONGUE", "vi"), "plain", (PLAIN[3],)),
    "rest22": (REST, "plain", API),
    "rest51-debug": (REST, "debug", (("key", ERROR, "/key"),)),
    "flask11-debug": (FLASK.replace("URL", DEAD_SHOP), "debug", FLASK_FAULTS),
    "flask11": (FLASK.replace("URL", DEAD_SHOP), "plain", FLASK_PLAIN),
    "flask22-debug": (FLASK.replace("URL", DEAD_SHOP), "debug", FLASK_FAULTS[:3]),
    "flask22-table": (FLASK.replace("URL", "sqlite://"), "debug", FLASK_FAULTS[:1]),
    "restful": (RESTFUL, "plain", (("boom", ERROR, "/boom"), ("closed", ERROR, "/closed"))),
    "security": (
        SECURITY,
        "plain",
        (("login", "", "/login"), ("register", "", "/register"), ("reset", "", "/reset")),
    ),
    "eve": (EVE, "plain", (("home", "", "/"),)),
}
TOOLS: dict[str, tuple[Sequence[str], Pages]] = {
    "klaus": (
        ("klaus", "--host", HOST, "--port", "{port}", "--site-name", "Durand", "shop"),
        (("home", "", "/"), ("log", "", "/shop/"), ("file", "", "/shop/blob/main/prices.txt")),
    ),
    "mitmproxy": (
        (
            "mitmdump",
            "-q",
            "--listen-host",
            HOST,
            "-p",
            "{port}",
            "--set",
            "connection_strategy=lazy",
            "--mode",
            "reverse:http://127.0.0.1:{dead}/",
        ),
        (("502", ERROR, "/"),),
    ),
    "lektor": (
        ("lektor", "--project", "site", "server", "-h", HOST, "-p", "{port}"),
        (("home", "", "/"), ("broken", ERROR, "/broken/")),
    ),
    "flower": (
        ("celery", "--broker=memory://", "flower", "--address=127.0.0.1", "--port={port}"),
        (("home", "", "/workers"), ("tasks", "", "/tasks")),
    ),
}
SITE = {
    "site/site.lektorproject": "[project]\nname = Durand\n",
    "site/content/contents.lr": "_model: page\n---\ntitle: Durand\n---\nbody: Portes\n",
    "site/content/broken/contents.lr": "_model: page\n---\n_template: broken.html\n---\ntitle: x\n",
    "site/models/page.ini": "[model]\nname = Page\n[fields.title]\ntype = string\n[fields.body]\ntype = markdown\n",
    "site/templates/page.html": "<title>{{ this.title }}</title><h1>{{ this.title }}</h1>{{ this.body }}",
    "site/templates/broken.html": "<h1>{{ this.price.euros.cents }}</h1>",
    "shop/prices.txt": "oak 420\n",
}


def _code(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program of PyPI."""
        code, mode, pages = PROGRAMS[name]
        for path, text in FILES.items():
            room.write(path, text)
        with script(room, name, code.replace("DEAD", str(room.port())), mode) as port:
            for page, expect, path in pages:
                by = f"{name} of PyPI, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)

    maker.__name__ = f"ninth_{name}"
    return maker


def _tool(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one tool of PyPI."""
        command, pages = TOOLS[name]
        bins = room.python.rsplit("/", 1)[0]
        for path, text in SITE.items():
            room.write(path, text)
        git = ["git", "-C", "shop", "-c", "user.name=Ann", "-c", "user.email=a@example.test"]
        room.run(["git", "init", "-q", "-b", "main", "shop"])
        room.run([*git, "add", "."])
        room.run([*git, "commit", "-q", "-m", "Raise the price of oak after the error of May"])
        port, dead = room.port(), room.port()
        env = CLEAN | {"HOME": str(room.folder), "PATH": f"{bins}:/usr/bin:/bin"}
        first, *rest = (part.format(port=port, dead=dead) for part in command)
        with room.serve([f"{bins}/{first}", *rest], port, env):
            for page, expect, path in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name} of PyPI, {page}", port=port, path=path)

    maker.__name__ = f"ninth_{name}"
    return maker


MAKERS = (*(_code(name) for name in PROGRAMS), *(_tool(name) for name in TOOLS))
