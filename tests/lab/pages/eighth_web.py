"""Pages of the eighth set from Django 3.2, 4.2 and 5.2 and Flask 2.3 and 3.1, with applications and extensions."""

from collections.abc import Iterator, Sequence

from tests.lab.pages.fourth import _WAITRESS
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
DJANGO = (
    """
import sys, pymysql
pymysql.version_info = (2, 2, 7, "final", 0); pymysql.install_as_MySQLdb()
import django
from django.conf import settings
DEBUG, KIND = sys.argv[2] == "debug", "KIND_"
MIDDLE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware"]
settings.configure(DEBUG=DEBUG, SECRET_KEY="not-secret-here", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    STATIC_URL="/static/", LOGGING_CONFIG=None, LANGUAGE_CODE="TONGUE", USE_I18N=True, APPEND_SLASH=False,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.admin",
        "django.contrib.messages", "django.contrib.sessions", "django.contrib.staticfiles", "rest_framework"],
    MIDDLEWARE=MIDDLE, REST_FRAMEWORK={"DEFAULT_PERMISSION_CLASSES": []},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "DIRS": ["templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"} if KIND == "empty" else
        {"ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "PORT": "DEAD", "NAME": "shop", "USER": "shop"}})
django.setup()
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.models import User
from django.http import HttpResponse, JsonResponse, Http404
from django.shortcuts import render, get_object_or_404
from django.urls import path, include
from rest_framework import serializers, viewsets, routers
from rest_framework.decorators import api_view
from rest_framework.response import Response
class Buyer(serializers.ModelSerializer):
    class Meta: model, fields = User, ["id", "username"]
class Buyers(viewsets.ModelViewSet):
    queryset, serializer_class = User.objects.all(), Buyer
@api_view(["GET"])
def stock(request): return Response({"chairs": 4, "tables": 0, "errors": []})
def shop(request): return render(request, "shop.html", {"buyers": User.objects.all()})
def home(request): return render(request, "home.html", {})
def asset(request): return render(request, "asset.html", {})
def api(request): return JsonResponse({"price": {}["chair"]})
def nothing(request): pass
def config(request):
    from django.core.exceptions import ImproperlyConfigured
    raise ImproperlyConfigured("Set the STRIPE_KEY environment variable")
def slow(request): raise TimeoutError("payment gateway did not answer")
def product(request, pk): raise Http404("No Product matches the given query.")
router = routers.DefaultRouter(); router.register("buyers", Buyers)
urlpatterns = [path("admin/", admin.site.urls), path("shop", shop), path("home", home), path("asset", asset),
    path("api", api), path("nothing", nothing), path("config", config), path("slow", slow), path("stock", stock),
    path("product/<int:pk>", product),
    path("accounts/", include("django.contrib.auth.urls")), path("rest/", include(router.urls))]
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
    + _WAITRESS
)
SHOP = """<!doctype html><html lang="de-CH"><head><title>Velo Gasser</title></head><body><nav><a href="/">Start</a>
<a href="/velos">Velos</a> <a href="/werkstatt">Werkstatt</a></nav><main><h1>Velos aus Luzern</h1>"""
OWN_500 = (
    SHOP + "<h2>Da ist etwas schiefgelaufen</h2><p>Die Seite konnte nicht geladen werden. Unser Team wurde"
    " informiert.</p><p>Fehler 500</p></main></body></html>"
)
DJANGO_RUNS: Sequence[tuple[str, str, str, Pages]] = (  # database, mode, language, pages
    ("dead", "plain", "pt-br", (("admin-login", "", "/admin/login/"),
        ("home", "", "/home"), ("stock", "", "/stock"), ("rest-root", "", "/rest/"))),
    ("dead", "debug", "ja", (("shop-debug", ERROR, "/shop"), ("rest-debug", ERROR, "/rest/buyers/"),
        ("nothing-debug", ERROR, "/nothing"), ("config-debug", ERROR, "/config"), ("api-debug", ERROR, "/api"),
        ("asset-debug", ERROR, "/asset"), ("product-debug", ERROR, "/product/7"), ("login-ja", "", "/admin/login/"))),
    ("empty", "debug", "ar", (("no-table-debug", ERROR, "/shop"), ("rest-no-table", ERROR, "/rest/buyers/"),
        ("login-ar", "", "/admin/login/"))),
    ("empty", "plain", "de-ch", (("own-500", ERROR, "/slow"),)),
)  # fmt: skip
USED = {  # not every page of every version: the same words under the next number tell nothing more
    "3.2": {"admin-login", "home", "stock", "shop-debug", "rest-debug", "config-debug", "no-table-debug",
            "login-ar", "product-debug"},
    "4.2": {"rest-root", "shop-debug", "nothing-debug", "asset-debug", "rest-no-table", "login-ja"},
    "5.2": {"rest-debug", "api-debug", "config-debug", "no-table-debug", "own-500", "login-ar",
            "admin-login"},
}  # fmt: skip
_FLASK = '\napp.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)\n'
FLASK = (
    """
import sys
from flask import Flask, abort, jsonify, render_template, render_template_string, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_restful import Api, Resource
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI="URL", PROPAGATE_EXCEPTIONS=sys.argv[2] == "debug")
db = SQLAlchemy(app)
class Door(db.Model):
    id = db.Column(db.Integer, primary_key=True); name = db.Column(db.String(40))
limit = Limiter(get_remote_address, app=app, storage_uri="memory://")
class Doors(Resource):
    def get(self): return [d.name for d in Door.query.all()]
class Fine(Resource):
    def get(self): return {"doors": [], "total": 0}
api = Api(app); api.add_resource(Doors, "/rest/doors", endpoint="rest_doors"); api.add_resource(Fine, "/rest/fine")
PAGE = '''SHOP{% block main %}{% endblock %}</main></body></html>'''
@app.route("/doors")
def doors(): return render_template_string(PAGE + "{{ doors }}", doors=[d.name for d in Door.query.all()])
@app.route("/home")
def home(): return render_template_string(PAGE + "<p>Unsere Werkstatt ist offen von 8 bis 18 Uhr.</p>")
@app.route("/cart")
def cart(): session["cart"] = 1; return "ok"
@app.route("/missing")
def missing(): return render_template("velo.html")
@app.route("/undefined")
def undefined(): return render_template_string("{{ velo.price.total }}")
@app.route("/link")
def link(): return render_template_string("<a href='{{ url_for('werkstatt') }}'>x</a>")
@app.route("/nothing")
def nothing(): pass
@app.route("/many")
@limit.limit("1/hour")
def many(): return render_template_string(PAGE)
@app.route("/bad-gateway")
def gateway(): abort(502)
@app.route("/health")
def health(): return jsonify(status="healthy", database="not configured", uptime=5123)
@app.route("/teapot")
def teapot(): abort(418)
"""
    + _FLASK
)
FLASK_RUNS: Sequence[tuple[str, str, Pages]] = (
    ("mysql+pymysql://u:p@127.0.0.1:DEAD/shop", "plain", (("home", "", "/home"),
        ("rest-500", ERROR, "/rest/doors"), ("health", "", "/health"), ("many-first", "", "/many"),
        ("many-429", ERROR, "/many"), ("bad-gateway", ERROR, "/bad-gateway"), ("fine", "", "/rest/fine"))),
    ("mysql+pymysql://u:p@127.0.0.1:DEAD/shop", "debug", (("doors-debug", ERROR, "/doors"),
        ("missing-debug", ERROR, "/missing"), ("link-debug", ERROR, "/link"))),
    ("sqlite://", "debug", (("no-table-debug", ERROR, "/doors"), ("cart-debug", ERROR, "/cart"),
        ("undefined-debug", ERROR, "/undefined"), ("nothing-debug", ERROR, "/nothing"))),
)  # fmt: skip
FLASK_USED = {
    "2.3": {"home", "rest-500", "many-first", "many-429", "doors-debug", "missing-debug",
            "nothing-debug"},
    "3.1": {"health", "bad-gateway", "fine", "link-debug", "no-table-debug", "cart-debug", "undefined-debug",
            "doors-debug"},
}  # fmt: skip


def _version(room: Room, package: str) -> str:
    code = f"from importlib.metadata import version; print('.'.join(version('{package}').split('.')[:2]))"
    return room.run([room.python, "-c", code]).strip()


def eighth_django(room: Room) -> Iterator[Shot]:
    """Record the Django of the interpreter: to be run with 3.2, 4.2 and 5.2."""
    version = _version(room, "django")
    room.write("templates/home.html", SHOP + "<p>{% now 'Y' %}: neue E-Velos eingetroffen.</p></main></body></html>")
    room.write("templates/shop.html", SHOP + "{% for b in buyers %}{{ b }}{% empty %}Keine{% endfor %}</main></html>")
    room.write("templates/asset.html", SHOP + "{% load shop_tags %}{% url 'werkstatt' %}</main></body></html>")
    for kind, mode, language, pages in DJANGO_RUNS:
        if kind == "empty" and mode == "plain":
            room.write("templates/500.html", OWN_500)
        code = DJANGO.replace("KIND_", kind).replace("TONGUE", language).replace("DEAD", str(room.port()))
        chosen = [page for page in pages if page[0] in USED[version]]
        with script(room, f"django-{kind}-{mode}", code, mode) as port:
            for page, expect, path in chosen:
                name = f"django{version.replace('.', '')}-{page}"
                by = f"Django {version} and its REST framework, {language}, {page}"
                yield Shot(name=name, expect=expect, by=by, port=port, path=path)


def eighth_wagtail(room: Room) -> Iterator[Shot]:
    """Record Wagtail: its tables not made yet, then its login form, a search and its documentation of pages."""
    version, bins = _version(room, "wagtail"), room.python.rsplit("/", 1)[0]
    room.run([f"{bins}/wagtail", "start", "shop", "."])
    port, env = room.port(), CLEAN | {"DJANGO_SETTINGS_MODULE": "shop.settings.dev"}
    (room.folder / "shop/settings/local.py").write_text("ALLOWED_HOSTS = ['*']\nLANGUAGE_CODE = 'is'\n")
    command = [room.python, "manage.py", "runserver", "--noreload", f"{HOST}:{port}"]
    with room.serve(command, port, env):
        for name, path in (("no-tables", "/"), ("no-tables-search", "/search/?query=velo")):
            yield Shot(name=f"wagtail-{name}", expect=ERROR, by=f"Wagtail {version}, {name}", port=port, path=path)
        room.run([room.python, "manage.py", "migrate"], env)
        for name, path in (("login", "/admin/login/"), ("search", "/search/?query=velo")):
            yield Shot(name=f"wagtail-{name}", expect="", by=f"Wagtail {version}, {name}", port=port, path=path)


def eighth_flask(room: Room) -> Iterator[Shot]:
    """Record the Flask of the interpreter with its extensions: to be run with 2.3 and 3.1."""
    version = _version(room, "flask")
    for number, (url, mode, pages) in enumerate(FLASK_RUNS):
        code = FLASK.replace("URL", url).replace("DEAD", str(room.port())).replace("SHOP", SHOP)
        with script(room, f"flask-{number}", code, mode) as port:
            for page, expect, path in pages:
                if page in FLASK_USED[version]:
                    name = f"flask{version.replace('.', '')}-{page}"
                    by = f"Flask {version} with SQLAlchemy, Limiter and RESTful, {page}"
                    yield Shot(name=name, expect=expect, by=by, port=port, path=path)


MAKERS = (eighth_django, eighth_wagtail, eighth_flask)
