"""Pages of the eighth set from Debian's applications in PHP, Perl, Ruby and Java, and static site generators."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.lab.pages.fifth import wikis_in
from tests.lab.pages.php import served
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
PHP: dict[str, tuple[str, str, Pages]] = {  # application → its folder, display_errors, pages asked with no database
    "rss-bridge": ("rss-bridge", "0", (("home", "", "/"),
        ("unknown", ERROR, "/?action=display&bridge=None&format=Html"))),
    "phpliteadmin": ("phpliteadmin", "0", (("login", "", "/phpliteadmin.php"),)),
    "hoteldruid": ("hoteldruid", "0", (("start", "", "/inizio.php"),)),
    "hoteldruid-shown": ("hoteldruid", "1", (("clients", ERROR, "/clienti.php"),)),
    "ocsinventory-shown": ("ocsinventory-reports", "1", (("index", ERROR, "/index.php"),)),
    "nagvis": ("nagvis/share", "0", (("map", ERROR, "/frontend/nagvis-js/index.php"),)),
}  # fmt: skip
CGI: dict[str, Pages] = {  # script of /usr/lib/cgi-bin → pages
    "awstats.pl": (("no-config", ERROR, "?config=shop"),),
    "blosxom": (("home", "", ""),),
    "wiki.pl": (("home", "", ""),),
    "smokeping.cgi": (("home", ERROR, ""),),
}
DANCER = """use Dancer; set environment => 'MODE'; set port => PORT; set server => '127.0.0.1'; set startup_info => 0;
set show_errors => MODE_SHOWN; set log => 'error'; set logger => 'console';
get '/' => sub { '<html><title>Berg Books</title><body><h1>Berg Books</h1><p>Open until six.</p></body></html>' };
get '/price' => sub { my $t = undef; return $t->price; };
get '/page' => sub { template 'none'; };
dance;
"""
RECORD = """require "rails"; require "active_record/railtie"; require "action_controller/railtie"
ENV["DATABASE_URL"] = "DSN"
class Site < Rails::Application
  config.root = __dir__; config.eager_load = false; config.consider_all_requests_local = true
  config.secret_key_base = "x" * 64; config.logger = Logger.new(nil); config.hosts.clear
end
class Door < ActiveRecord::Base; end
class PagesController < ActionController::Base
  def doors; render json: Door.all; end
  def one; Door.find(7); end
  def form; params.require(:door); end
  def unsafe; render inline: "<%= door.price %>"; end
end
Rails.application.initialize!
Rails.application.routes.draw { get "/doors", to: "pages#doors"; get "/one", to: "pages#one"
  get "/form", to: "pages#form"; get "/unsafe", to: "pages#unsafe"; get "/lost", to: "shop#lost" }
run Rails.application
"""
GRAPE = """require "grape"
class Shop < Grape::API
  format :json
  rescue_from(:all) { |e| error!({ error: e.message, class: e.class.name }, 500) }
  get("/doors") { { doors: [], page: 1 } }
  get("/price") { nil.price }
  params { requires :size, type: Integer }
  get("/size") { params }
end
run Shop
"""
CAMPING = """require "camping"
Camping.goes :Shop
module Shop::Controllers
  class Index < R "/"
    def get; "<html><title>Shop</title><body><h1>Shop</h1><p>Doors of oak.</p></body></html>"; end
  end
end
run Shop
"""
RACK: dict[str, tuple[str, str, Pages]] = {
    "rails8-dead": (
        RECORD.replace("DSN", "sqlite3:/proc/none/shop.sqlite3"), "development", (("500", ERROR, "/doors"),)),
    "rails8": (RECORD.replace("DSN", "sqlite3:shop.sqlite3"), "development",
        (("no-table", ERROR, "/doors"), ("one", ERROR, "/one"), ("form", ERROR, "/form"), ("inline", ERROR, "/unsafe"),
         ("controller", ERROR, "/lost"))),
    "grape": (GRAPE, "production", (("doors", "", "/doors"), ("500", ERROR, "/price"))),
    "camping": (CAMPING, "production", (("home", "", "/"), ("404", ERROR, "/none"))),
}  # fmt: skip
WIKI = ("ja", "ar", "pt-br", "he", "sr-ec")


def eighth_debian_php(room: Room) -> Iterator[Shot]:
    """Record Debian's applications in PHP before anybody gave them a database."""
    for name, (folder, shown, pages) in PHP.items():
        www = Path("/usr/share") / folder
        with served(room, www, (f"display_errors={shown}",)) as port:
            for page, expect, path in pages:
                by = f"Debian's {name}, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


def eighth_wikis(room: Room) -> Iterator[Shot]:
    """Record MediaWiki without its database in more languages."""
    yield from (shot for shot in wikis_in(room, WIKI) if shot.expect)


def eighth_cgi(room: Room) -> Iterator[Shot]:
    """Record Debian's CGI programs in Perl under Apache."""
    port = room.port()
    modules = ["mpm_prefork", "authz_core", "dir", "alias", "mime", "cgi"]
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in modules)
    room.write(
        "apache.conf",
        f"{loads}\nServerName www.example.test\nListen {HOST}:{port}\nPidFile {room.folder}/a.pid\n"
        f"ErrorLog {room.folder}/a.log\nTypesConfig /etc/mime.types\nScriptAlias /cgi-bin/ /usr/lib/cgi-bin/\n"
        "<Directory /usr/lib/cgi-bin>\nOptions ExecCGI FollowSymLinks\nRequire all granted\n</Directory>\n",
    )
    with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
        for name, pages in CGI.items():
            for page, expect, more in pages:
                label = f"{name.partition('.')[0]}-{page}"
                path = f"/cgi-bin/{name}{more}"
                yield Shot(name=label, expect=expect, by=f"Debian's {name} under Apache, {page}", port=port, path=path)


def eighth_perl(room: Room) -> Iterator[Shot]:
    """Record Dancer 1."""
    for mode, shown in (("development", "1"), ("production", "0")):
        port = room.port()
        code = DANCER.replace("MODE_SHOWN", shown).replace("MODE", mode).replace("PORT", str(port))
        room.write(f"{mode}/app.pl", code)
        with room.serve(["perl", f"{mode}/app.pl"], port):
            pages = (("500", "/price"), ("template" if int(shown) else "404", "/page" if int(shown) else "/none"))
            for page, path in pages:
                yield Shot(name=f"dancer1-{mode}-{page}", expect=ERROR, by=f"Dancer 1.3, {mode}, {page}", port=port,
                           path=path)  # fmt: skip
            if not int(shown):
                yield Shot(name="dancer1-home", expect="", by="Dancer 1.3, healthy", port=port)


def eighth_rack(room: Room) -> Iterator[Shot]:
    """Record Rails with ActiveRecord, Grape and Camping."""
    for name, (code, mode, pages) in RACK.items():
        port = room.port()
        room.write(f"{name}/config.ru", code.replace("DEAD", str(room.port())))
        env = CLEAN | {"RACK_ENV": mode, "RAILS_ENV": mode, "HOME": str(room.folder)}
        command = ["puma", "-b", f"tcp://{HOST}:{port}", "-q", "-t", "1:1", "--dir", name, "config.ru"]
        with room.serve(command, port, env):
            for page, expect, path in pages:
                by = f"{name.partition('-')[0].rstrip('8')} of Debian 12, {mode}, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


def _java(name: str, command: Callable[[Room, int], list[str]], pages: Pages) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program in Java; it answers to this machine's own name only."""
        port = room.port()
        local = (("Host", f"localhost:{port}"),)
        with room.serve(command(room, port), port, CLEAN | {"HOME": str(room.folder)}):
            for page, expect, path in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name}, {page}", port=port, path=path,
                           headers=local)  # fmt: skip

    maker.__name__ = f"eighth_{name}"
    return maker


JAVA = (
    _java("h2-console", lambda _room, port: ["java", "-Xmx128m", "-cp", "/usr/share/java/h2.jar", "org.h2.tools.Server",
        "-web", "-webPort", str(port)], (("login", "", "/login.jsp"),)),
    _java("wiremock", lambda room, port: ["java", "-Xmx256m", "-jar",
        str(room.node / "wiremock/build/wiremock-standalone-3.13.2.jar"), "--port", str(port), "--bind-address", HOST],
        (("unmatched", ERROR, "/doors"), ("mappings", "", "/__admin/mappings"), ("health", "", "/__admin/health"))),
    _java("openrefine", lambda room, port: ["openrefine", "-i", HOST, "-p", str(port), "-d", str(room.folder), "-x",
        "refine.headless=true"], (("home", "", "/"), ("project", ERROR, "/command/core/get-models?project=7"))),
)  # fmt: skip


MAKERS = (eighth_debian_php, eighth_wikis, eighth_cgi, eighth_perl, eighth_rack, *JAVA)
