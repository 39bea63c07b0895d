"""Pages recorded after tuning on the fourth set: Catalyst, Mason, Zope, tools of Node.js, CMSs in more languages."""

from collections.abc import Iterator, Mapping, Sequence

from tests.lab.pages.cms import CONFIG, INSTALL, _wordpress
from tests.lab.pages.fourth import _UVICORN, _WAITRESS
from tests.lab.pages.php import database, served
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR, MAINTENANCE = "error_page", "maintenance_page"
LANGUAGES = {
    "maintenance": ("bg_BG", "fi", "hu_HU", "ro_RO", "el", "da_DK", "cs_CZ"),
    "critical": ("de_DE", "nl_NL", "pl_PL", "sv_SE", "ro_RO"),
    "dead": ("fr_FR", "bg_BG", "hu_HU", "sl_SI", "et"),
}
WIKI = ("de", "pl", "ru", "es", "sv", "cs")
BOOM = """package Shop::Controller::Boom; use Moose; BEGIN { extends 'Catalyst::Controller' }
sub index :Path :Args(0) { my ($self, $c) = @_; my %t; $t{day}->price } 1;
"""
MASON = """use HTML::Mason::Interp; use Plack::Request;
sub { my $buffer = ''; HTML::Mason::Interp->new(comp_root => 'ROOT/mason', out_method => \\$buffer,
  error_mode => 'output', error_format => 'html')->exec($_[0]{PATH_INFO});
  [500, ['Content-Type' => 'text/html'], [$buffer]] };
"""
PYTHON = {
    "isso": """
import sys
from isso import config, make_app
conf = config.load(config.default_file()); conf.set("general", "dbpath", "isso.db")
conf.set("general", "host", "http://www.example.test"); app = make_app(conf)
"""
    + _WAITRESS,
    "uvicorn": "\nimport sys\nasync def app(scope, receive, send):\n    {}['tariff']\n" + _UVICORN,
}


def zope(room: Room) -> Iterator[Shot]:
    """Record Zope: its default page, and an object that is not there."""
    bins = room.python.rsplit("/", 1)[0]
    room.run([f"{bins}/mkwsgiinstance", "-d", "zope", "-u", "admin:Secret-8-words"])
    port = room.port()
    ini = room.folder / "zope/etc/zope.ini"
    ini.write_text(ini.read_text().replace("port = 8080", f"port = {port}"))
    with room.serve([f"{bins}/runwsgi", str(ini)], port):
        for name, expect, path in (("welcome", ERROR, "/"), ("404", ERROR, "/none")):
            yield Shot(name=f"zope-{name}", expect=expect, by=f"Zope 5, {name}", port=port, path=path)


def small_python(room: Room) -> Iterator[Shot]:
    """Record extensions and servers of Python."""
    for name, path, expect in (("isso", "/none", ERROR), ("uvicorn", "/", ERROR)):
        with script(room, name, str(PYTHON[name])) as port:
            yield Shot(name=f"{name}-page", expect=expect, by=f"{name} of PyPI", port=port, path=path)
    bins = room.python.rsplit("/", 1)[0]
    env = CLEAN | {"PATH": f"{bins}:/usr/bin:/bin", "HOME": str(room.folder)}
    room.write("broken.py", "async def app(scope, receive, send):\n    {}['tariff']\n")
    for name, command in (
        ("granian", ["granian", "--interface", "asgi", "--host", HOST, "--port", "{port}", "broken:app"]),
        ("daphne", ["daphne", "-b", HOST, "-p", "{port}", "broken:app"]),
    ):
        port = room.port()
        with room.serve([f"{bins}/{command[0]}", *(part.format(port=port) for part in command[1:])], port, env):
            yield Shot(name=f"{name}-500", expect=ERROR, by=f"{name} of PyPI, an application that fails", port=port)
    port = room.port()
    conf = room.write(
        "s.conf",
        f"[supervisord]\nnodaemon=true\nlogfile={room.folder}/s.log\npidfile={room.folder}/s.pid\n"
        f"[inet_http_server]\nport={HOST}:{port}\n[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
    )
    with room.serve([f"{bins}/supervisord", "-c", str(conf)], port, env):
        yield Shot(name="supervisor-home", expect="", by="supervisord of PyPI, its page", port=port)
        yield Shot(name="supervisor-404", expect=ERROR, by="supervisord of PyPI, its 404", port=port, path="/none")
    port = room.port()
    room.write("book/docs/index.md", "# Atelier\n\nPortes et fenêtres.\n")
    for name, text in (
        ("errors", "# Error messages\n\nWhen the database is stopped, the shop says *could not connect to server*.\n"),
        ("wartung", "# Wartungsmodus\n\nWährend der Wartungsarbeiten antwortet der Shop mit 503.\n"),
        ("captcha", "# CAPTCHA\n\nLe formulaire demande si vous n'êtes pas un robot. Voici pourquoi.\n"),
        ("domaine", "# Domaine expiré\n\nCe nom de domaine a expiré : que faire ? Appelez le bureau.\n"),
    ):
        room.write(f"book/docs/{name}.md", text)
    room.write("book/mkdocs.yml", "site_name: Atelier\nuse_directory_urls: false\n")
    command = [f"{bins}/mkdocs", "serve", "-f", "book/mkdocs.yml", "--no-livereload", "-a", f"{HOST}:{port}"]
    with room.serve(command, port, env):
        for name in ("index", "errors", "wartung", "captcha", "domaine"):
            yield Shot(name=f"mkdocs-{name}", expect="", by="MkDocs, a page", port=port, path=f"/{name}.html")


def more_perl(room: Room) -> Iterator[Shot]:
    """Record Catalyst and HTML::Mason under plackup."""
    room.write("mason/boom", "% my %t; $t{day}->price;\nx\n")
    room.write("mason/syntax", "% if (1) {\nx\n")
    room.run(["catalyst.pl", "Shop"])
    room.write("Shop/lib/Shop/Controller/Boom.pm", BOOM)
    mason = room.write("mason.psgi", MASON.replace("ROOT", str(room.folder)))
    catalyst = (("500", ERROR, "/boom"), ("404", ERROR, "/none"), ("welcome", ERROR, "/"))
    for name, path, debug, pages in (
        ("catalyst-debug", "Shop/shop.psgi", "1", catalyst[:1]),
        ("catalyst", "Shop/shop.psgi", "0", catalyst),
        ("mason", str(mason), "0", (("500", ERROR, "/boom"), ("syntax", ERROR, "/syntax"))),
    ):
        port = room.port()
        env = CLEAN | {"CATALYST_DEBUG": debug, "PERL5LIB": str(room.folder / "Shop/lib")}
        with room.serve(["plackup", "-E", "none", "-o", HOST, "-p", str(port), path], port, env):
            for page, expect, where in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name}, {page}", port=port, path=where)


def dev_servers(room: Room) -> Iterator[Shot]:
    """Record development servers and tools of Node.js."""
    env = CLEAN | {"NODE_PATH": str(room.node), "HOME": str(room.folder)}
    room.folder.joinpath("node_modules").symlink_to(room.node)
    room.write("files/notes.txt", "x")
    room.write("src/index.js", "const a = ;\n")
    room.write("webpack.config.cjs", "module.exports = { mode: 'development', entry: './src/index.js' };\n")
    here = str(room.node / ".bin")
    for name, command, pages in (
        (
            "webpack",
            [f"{here}/webpack-dev-server", "--config", "webpack.config.cjs", "--host", HOST, "--port", "{port}"],
            (("404", ERROR, "/none"),),
        ),
        (
            "live-server",
            [f"{here}/live-server", "files", f"--host={HOST}", "--port={port}", "--no-browser"],
            (("listing", "", "/"), ("404", ERROR, "/none")),
        ),
        (
            "browser-sync",
            [
                f"{here}/browser-sync",
                "start",
                "--server",
                "files",
                "--port",
                "{port}",
                "--no-open",
                "--no-ui",
                "--listen",
                HOST,
            ],
            (("404", ERROR, "/none"),),
        ),
        (
            "node-red",
            [f"{here}/node-red", "-p", "{port}", "-u", "red", "-D", f"uiHost={HOST}"],
            (("home", "", "/"), ("404", ERROR, "/none")),
        ),
    ):
        port = room.port()
        with room.serve([part.format(port=port) for part in command], port, env):
            for page, expect, path in pages:
                local = (("Host", f"localhost:{port}"),) if name == "webpack" else ()
                by = f"{name} of npm, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path, headers=local)


def in_languages(room: Room, languages: Mapping[str, Sequence[str]]) -> Iterator[Shot]:
    """Record WordPress broken, without its database and in maintenance, each in its languages."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    theme = www / "wp-content/themes/twentytwentythree"

    def config(db: int, language: str, more: str = "") -> None:
        text = (CONFIG % (db, "false")).replace("$table", f"define('WPLANG', '{language}');\n{more}$table", 1)
        (www / "wp-config.php").write_text(text)

    def shot(name: str, expect: str, what: str, port: int) -> Shot:
        return Shot(name=f"wp-{name}", expect=expect, by=f"WordPress 6.1, {what}", port=port)

    with served(room, www, ("display_errors=0",), router) as port:
        with database(room) as db:
            config(db, "")
            room.write("install.php", INSTALL % "")
            room.run(["php", "-d", "error_log=/dev/null", "install.php"])
            room.write(
                "lang.php", "<?php $_SERVER['HTTP_HOST']='x'; require 'www/wp-load.php'; delete_option('WPLANG');"
            )
            room.run(["php", "-d", "error_log=/dev/null", "lang.php"])
            (theme / "functions.php").write_text("<?php nulle_part();")
            for language in languages["critical"]:
                config(db, language)
                yield shot(f"critical-{language}", ERROR, f"{language}, a fatal error in the theme", port)
            (theme / "functions.php").unlink()
        for language in languages["dead"]:
            config(db, language)
            yield shot(f"dead-{language}", ERROR, f"{language}, MariaDB stopped", port)
        for language in languages["maintenance"]:
            config(db, language, "require __DIR__ . '/wp-includes/formatting.php';\n")
            (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
            yield shot(f"maintenance-{language}", MAINTENANCE, f"{language}, in maintenance mode", port)


def wikis_in(room: Room, languages: Sequence[str]) -> Iterator[Shot]:
    """Record MediaWiki: a page not written yet, and its database stopped."""
    www = room.copy("/usr/share/mediawiki", "www")
    (www / "LocalSettings.php").unlink(missing_ok=True)
    with served(room, www, ("display_errors=0",)) as port:
        with database(room) as db:
            options = [
                "--dbtype=mysql",
                f"--dbserver=127.0.0.1:{db}",
                "--dbname=site",
                "--dbuser=site",
                "--dbpass=site",
            ]
            options += ["--pass=Secret-8-words", "--server=http://www.example.test", "--scriptpath=", "--skins=Vector"]
            room.run(["php", "www/maintenance/install.php", *options, "Atelier", "Admin"])
            settings = (www / "LocalSettings.php").read_text()
            for language in languages[:3]:
                (www / "LocalSettings.php").write_text(f"{settings}\n$wgLanguageCode = '{language}';\n")
                yield Shot(
                    name=f"mediawiki-missing-{language}",
                    expect="",
                    by=f"MediaWiki 1.39, {language}, a page not written yet",
                    port=port,
                    path="/index.php/Wartung",
                )
        for language in languages:
            (www / "LocalSettings.php").write_text(f"{settings}\n$wgLanguageCode = '{language}';\n")
            yield Shot(
                name=f"mediawiki-dead-{language}",
                expect=ERROR,
                by=f"MediaWiki 1.39, {language}, MariaDB stopped",
                port=port,
                path="/index.php/Hauptseite",
            )


def more_languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in languages other than the fourth set's."""
    yield from in_languages(room, LANGUAGES)


def wikis(room: Room) -> Iterator[Shot]:
    """Record MediaWiki in other languages."""
    yield from wikis_in(room, WIKI)


MAKERS = (zope, small_python, more_perl, dev_servers, more_languages, wikis)
