"""Pages of the ninth set from whole sites in Django: Wagtail, Oscar's shop, django CMS, as their projects begin."""

from collections.abc import Iterator, Mapping, Sequence

from tests.lab.pages.ninth_python import _HEAD, SERVER
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
OSCAR = (
    _HEAD
    + """
from oscar.defaults import *
APPS += ["django.contrib.sites", "django.contrib.flatpages", "oscar.config.Shop",
    *("oscar.apps." + n for n in ("analytics.apps.AnalyticsConfig", "checkout.apps.CheckoutConfig",
    "address.apps.AddressConfig", "shipping.apps.ShippingConfig", "catalogue.apps.CatalogueConfig",
    "catalogue.reviews.apps.CatalogueReviewsConfig", "communication.apps.CommunicationConfig",
    "partner.apps.PartnerConfig", "basket.apps.BasketConfig", "payment.apps.PaymentConfig", "offer.apps.OfferConfig",
    "order.apps.OrderConfig", "customer.apps.CustomerConfig", "search.apps.SearchConfig", "voucher.apps.VoucherConfig",
    "wishlists.apps.WishlistsConfig", "dashboard.apps.DashboardConfig",
    "dashboard.reports.apps.ReportsDashboardConfig", "dashboard.users.apps.UsersDashboardConfig",
    "dashboard.orders.apps.OrdersDashboardConfig", "dashboard.catalogue.apps.CatalogueDashboardConfig",
    "dashboard.offers.apps.OffersDashboardConfig", "dashboard.partners.apps.PartnersDashboardConfig",
    "dashboard.pages.apps.PagesDashboardConfig", "dashboard.ranges.apps.RangesDashboardConfig",
    "dashboard.reviews.apps.ReviewsDashboardConfig", "dashboard.vouchers.apps.VouchersDashboardConfig",
    "dashboard.communications.apps.CommunicationsDashboardConfig",
    "dashboard.shipping.apps.ShippingDashboardConfig")),
    "widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2"]
MIDDLEWARE += ["oscar.apps.basket.middleware.BasketMiddleware"]
CONTEXT += ["oscar.apps.search.context_processors.search_form", "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications",
    "oscar.core.context_processors.metadata"]
configure(SITE_ID=1, MEDIA_URL="/media/", STATIC_ROOT="static", HAYSTACK_CONNECTIONS={"default": {
    "ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}, LANGUAGE_CODE="fr", USE_I18N=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "oscar.db"}},
    **{name: value for name, value in globals().items() if name.startswith("OSCAR_")})
from django.apps import apps
from django.core.management import call_command
from django.urls import include, path
urlpatterns = [path("i18n/", include("django.conf.urls.i18n")), path("", include(apps.get_app_config("oscar").urls[0]))]
if sys.argv[2] == "plain":
    call_command("migrate", verbosity=0)
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
    + SERVER
)
_MESSAGES = "    'django.contrib.messages.context_processors.messages',"
CMS = {  # what django CMS asks of the settings of a new project
    "INSTALLED_APPS = [": "SITE_ID = 1\nCMS_CONFIRM_VERSION4 = True\nLANGUAGES = [('en', 'English')]\n"
    "CMS_TEMPLATES = [('page.html', 'Page')]\nX_FRAME_OPTIONS = 'SAMEORIGIN'\nINSTALLED_APPS = ["
    " 'django.contrib.sites', 'cms', 'menus', 'treebeard', 'sekizai',",
    _MESSAGES: f"{_MESSAGES} 'sekizai.context_processors.sekizai', 'cms.context_processors.cms_settings',",
    "MIDDLEWARE = [": "MIDDLEWARE = ['django.middleware.locale.LocaleMiddleware',",
    "XFrameOptionsMiddleware',": "XFrameOptionsMiddleware', 'cms.middleware.user.CurrentUserMiddleware',"
    " 'cms.middleware.page.CurrentPageMiddleware', 'cms.middleware.toolbar.ToolbarMiddleware',",
}
SHOP: Pages = (
    ("catalogue", "", "/catalogue/"), ("basket", "", "/basket/"), ("login", "", "/accounts/login/"),
    ("search-none", "", "/search/?q=zzz"), ("offers", "", "/offers/"),
)  # fmt: skip


def _manage(room: Room, folder: str, pages: Pages, name: str, env: Mapping[str, str] = CLEAN) -> Iterator[Shot]:
    port = room.port()
    command = [room.python, f"{folder}/manage.py", "runserver", f"{HOST}:{port}", "--noreload"]
    with room.serve(command, port, env):
        for page, expect, path in pages:
            by = f"{name} of PyPI, {page}"
            yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


def ninth_wagtail(room: Room) -> Iterator[Shot]:
    """Record a Wagtail project: before its migrations, as it begins, and broken by a template."""
    bins = room.python.rsplit("/", 1)[0]
    room.run([f"{bins}/wagtail", "start", "durand"], CLEAN | {"PATH": f"{bins}:/usr/bin:/bin"})
    settings = room.folder / "durand/durand/settings"
    with (settings / "dev.py").open("a") as file:
        file.write("\nALLOWED_HOSTS = ['*']\n")
    production = CLEAN | {"DJANGO_SETTINGS_MODULE": "durand.settings.production"}
    with (settings / "production.py").open("a") as file:
        file.write("\nALLOWED_HOSTS = ['*']\nSECRET_KEY = 'not-secret-here'\nSTORAGES['staticfiles']['BACKEND'] ="
                   " 'django.contrib.staticfiles.storage.StaticFilesStorage'\n")  # fmt: skip
    before = (("unmigrated", ERROR, "/"), ("unmigrated-admin", ERROR, "/admin/login/"))
    yield from _manage(room, "durand", before, "wagtail-debug")
    yield from _manage(room, "durand", (("500", ERROR, "/"),), "wagtail", production)
    room.run([room.python, "durand/manage.py", "migrate"])
    after = (
        ("login", "", "/admin/login/"),
        ("forgot", "", "/admin/password_reset/"),
        ("search", "", "/search/?query=oak"),
    )
    yield from _manage(room, "durand", after, "wagtail", production)
    template = room.folder / "durand/home/templates/home/home_page.html"
    template.write_text(
        template.read_text().replace("{% load static %}", "", 1).replace("{% endblock", "{% endblok", 1)
    )
    yield from _manage(room, "durand", (("template", ERROR, "/"),), "wagtail-debug")


def ninth_oscar(room: Room) -> Iterator[Shot]:
    """Record Oscar's shop: empty but healthy, and before its migrations."""
    with script(room, "oscar", OSCAR) as port:
        for name, expect, path in SHOP:
            yield Shot(name=f"oscar-{name}", expect=expect, by=f"Oscar 3.2, {name}", port=port, path=path)
        (room.folder / "oscar.db").unlink()
    with script(room, "oscar", OSCAR, "debug") as port:
        by = "Oscar 3.2, DEBUG, before its migrations"
        yield Shot(name="oscar-debug-unmigrated", expect=ERROR, by=by, port=port, path="/catalogue/")


def ninth_djangocms(room: Room) -> Iterator[Shot]:
    """Record a project of django CMS before its migrations."""
    bins = room.python.rsplit("/", 1)[0]
    room.run([f"{bins}/django-admin", "startproject", "durand"])
    settings = room.folder / "durand/durand/settings.py"
    text = settings.read_text().replace("ALLOWED_HOSTS = []", "ALLOWED_HOSTS = ['*']").replace("'en-us'", "'en'")
    for old, new in CMS.items():
        text = text.replace(old, new)
    settings.write_text(text)
    room.write("durand/durand/urls.py", "from django.contrib import admin\nfrom django.urls import include, path\n"
               "urlpatterns = [path('admin/', admin.site.urls), path('', include('cms.urls'))]\n")  # fmt: skip
    yield from _manage(room, "durand", (("unmigrated", ERROR, "/"),), "djangocms-debug")


MAKERS = (ninth_wagtail, ninth_oscar, ninth_djangocms)
