"""Pages of servers, PHP applications and Node.js recorded after the signs were written."""

from collections.abc import Iterator

from tests.lab.pages.cms import CONFIG, INSTALL, _wordpress
from tests.lab.pages.php import database, served
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR, CHALLENGE, MAINTENANCE = "error_page", "bot_challenge", "maintenance_page"
# What WordPress is recorded in: its own 404, in maintenance, broken, without its database.
LANGUAGES = {
    "404": ("sv_SE", "hu_HU", "ru_RU", "el"),
    "maintenance": ("de_DE", "es_ES", "pl_PL", "sv_SE", "nl_NL", "ru_RU"),
    "critical": ("it_IT", "cs_CZ", "el", "pt_PT", "hu_HU", "da_DK"),
    "dead": ("de_DE", "fi", "ro_RO", "nb_NO", "hr", "sk_SK"),
}
NODE = {
    "tinyhttp": """
import('@tinyhttp/app').then(({ App }) => { const app = new App();
app.get('/home', (q, s) => s.sendFile(process.cwd() + '/home.html'));
app.get('/boom', () => { throw new Error('No tariff'); }); app.listen(PORT, undefined, '127.0.0.1'); });
""",
    "elysia": """
Promise.all([import('elysia'), import('@elysiajs/node')]).then(([{ Elysia }, { node }]) =>
new Elysia({ adapter: node() }).get('/boom', () => { throw new Error('No tariff'); })
.listen({ port: PORT, hostname: '127.0.0.1' }));
""",
    "micro": """
const http = require('http'), { serve } = require('micro');
http.createServer(serve(() => { throw new Error('No tariff'); })).listen(PORT, '127.0.0.1');
""",
    "connect": """
const app = require('connect')();
app.use('/boom', () => { throw new Error('No tariff'); });
require('http').createServer(app).listen(PORT, '127.0.0.1');
""",
    "json-server": """
const js = require('json-server'), app = js.create();
app.use(js.defaults({ logger: false })); app.use(js.router({ posts: [{ id: 1, title: 'Portes' }] }));
app.listen(PORT, '127.0.0.1');
""",
    "serve-index": """
const app = require('express')(); app.use('/', require('serve-index')(process.cwd() + '/files', { icons: false }));
app.listen(PORT, '127.0.0.1');
""",
    "rate-limit": """
const app = require('express')(), { rateLimit } = require('express-rate-limit');
app.use(rateLimit({ limit: 1, validate: false, keyGenerator: () => 'x' })); app.get('/', (q, s) => s.send('x'));
app.listen(PORT, '127.0.0.1');
""",
    "feathers": """
const { feathers } = require('@feathersjs/feathers'), express = require('@feathersjs/express');
const app = express(feathers()); app.configure(express.rest());
app.use('boom', { async find() { throw new Error('No tariff'); } });
app.use(express.notFound()); app.use(express.errorHandler({ logger: false })); app.listen(PORT, '127.0.0.1');
""",
}
NODE_PAGES = {
    "tinyhttp": (("500", ERROR, "/boom"), ("404", ERROR, "/none"), ("home", "", "/home")),
    "elysia": (("500", ERROR, "/boom"), ("404", ERROR, "/none")),
    "micro": (("500", ERROR, "/"),),
    "connect": (("500", ERROR, "/boom"), ("404", ERROR, "/none")),
    "json-server": (("home", "", "/"), ("list", "", "/posts")),
    "serve-index": (("listing", "", "/"), ("404", ERROR, "/none")),
    "rate-limit": (("first", "", "/"), ("429", ERROR, "/")),
    "feathers": (("500", ERROR, "/boom"), ("404", ERROR, "/none")),
}
STATIC = """daemon off; pid {f}/nginx.pid; error_log {f}/e.log; user root; events {{}}
http {{ access_log off; server {{ listen {h}:{port}; default_type "text/html; charset=utf-8"; root {f}/www; {more} }} }}
"""


def fourth_node(room: Room) -> Iterator[Shot]:
    """Record more of Node.js."""
    env = CLEAN | {"NODE_PATH": str(room.node)}
    room.write("home.html", HEALTHY)
    room.write("files/notes.txt", "x")
    room.folder.joinpath("node_modules").symlink_to(room.node)
    for name, code in NODE.items():
        port = room.port()
        room.write(f"{name}.js", code.replace("PORT", str(port)))
        with room.serve(["node", f"{name}.js"], port, env):
            for page, expect, path in NODE_PAGES[name]:
                by = f"{name} of npm, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


def languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in the languages of Europe: in maintenance, broken, and its database stopped."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    theme = www / "wp-content/themes/twentytwentythree"

    def config(db: int, language: str, more: str = "") -> None:
        text = (CONFIG % (db, "false")).replace(
            "$table_prefix", f"define('WPLANG', '{language}');\n{more}$table_prefix"
        )
        (www / "wp-config.php").write_text(text)

    def shot(name: str, expect: str, what: str, port: int, path: str = "/") -> Shot:
        return Shot(name=f"wp-{name}", expect=expect, by=f"WordPress 6.1, {what}", port=port, path=path)

    with served(room, www, ("display_errors=0",), router) as port:
        with database(room) as db:
            config(db, "")
            room.write("install.php", INSTALL % "")
            room.run(["php", "-d", "error_log=/dev/null", "install.php"])
            room.write(
                "lang.php", "<?php $_SERVER['HTTP_HOST']='x'; require 'www/wp-load.php'; delete_option('WPLANG');"
            )
            room.run(["php", "-d", "error_log=/dev/null", "lang.php"])
            for language in LANGUAGES["404"]:
                config(db, language)
                yield shot(f"404-{language}", "", f"{language}, its own 404", port, "/?p=999")
            for language in LANGUAGES["critical"]:
                config(db, language)
                (theme / "functions.php").write_text("<?php nulle_part();")
                yield shot(f"critical-{language}", ERROR, f"{language}, a fatal error in the theme", port)
                (theme / "functions.php").unlink()
        for language in LANGUAGES["dead"]:
            config(db, language)
            yield shot(f"dead-{language}", ERROR, f"{language}, MariaDB stopped", port)
        for language in LANGUAGES["maintenance"]:
            config(db, language, "require __DIR__ . '/wp-includes/formatting.php';\n")  # 6.1 forgets to, and dies
            (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
            yield shot(f"maintenance-{language}", MAINTENANCE, f"{language}, in maintenance mode", port)


def fourth_apps(room: Room) -> Iterator[Shot]:
    """Record applications of Debian in PHP: not configured, healthy, without their database or directory."""
    pages = (
        ("phpldapadmin", "/usr/share/phpldapadmin", "/htdocs/index.php", "", "its page"),
        ("simplesamlphp", "/usr/share/simplesamlphp/www", "/index.php", ERROR, "not configured"),
        ("shaarli", "/usr/share/shaarli", "/index.php", ERROR, "not set up"),
        ("phpsysinfo", "/usr/share/phpsysinfo", "/index.php", "", "its page"),
        ("tt-rss", "/usr/share/tt-rss/www", "/index.php", "blank_page", "its database stopped"),
        ("cacti", "/usr/share/cacti/site", "/index.php", ERROR, "its database stopped"),
    )
    for name, folder, path, expect, what in pages:
        www = room.copy(folder, name)
        with served(room, www, ("display_errors=1",)) as port:
            yield Shot(name=f"{name}-page", expect=expect, by=f"{name} of Debian 12, {what}", port=port, path=path)


def more_servers(room: Room) -> Iterator[Shot]:
    """Record more servers: Privoxy, Icecast and Yaws."""
    room.folder.chmod(0o777)
    room.write("www/index.html", HEALTHY)
    port, dead = room.port(), room.port()
    block = room.write("block.action", "{+block{advertisement}}\nads.example.test\n")
    conf = room.write(
        "privoxy.conf",
        f"listen-address {HOST}:{port}\nconfdir /etc/privoxy\ntempldir /etc/privoxy/templates\n"
        f"actionsfile match-all.action\nactionsfile {block}\n",
    )
    with room.serve(["privoxy", "--no-daemon", str(conf)], port):
        by = "Privoxy 3.0"
        yield Shot(
            name="privoxy-dead", expect=ERROR, by=f"{by}, a closed port", port=port, path=f"http://{HOST}:{dead}/"
        )
        local = (("Host", "ads.example.test"),)
        yield Shot(
            name="privoxy-blocked",
            expect=ERROR,
            by=f"{by}, a host on its list",
            port=port,
            path="http://ads.example.test/",
            headers=local,
        )
        yield Shot(name="privoxy-invalid", expect=ERROR, by=f"{by}, no proxy request", port=port, path="/none")
    port = room.port()
    conf = room.write(
        "icecast.xml",
        f"<icecast><location>Lyon</location><admin>a@example.test</admin><limits><clients>9"
        f"</clients></limits><authentication><source-password>x</source-password><admin-password>x</admin-password>"
        f"</authentication><hostname>www.example.test</hostname><listen-socket><port>{port}</port><bind-address>{HOST}"
        f"</bind-address></listen-socket><paths><logdir>{room.folder}</logdir><webroot>/usr/share/icecast2/web</webroot>"
        "<adminroot>/usr/share/icecast2/admin</adminroot><alias source='/' destination='/status.xsl'/></paths>"
        "<security><chroot>0</chroot><changeowner><user>www-data</user><group>www-data</group></changeowner></security>"
        "</icecast>",
    )
    with room.serve(["icecast2", "-c", str(conf)], port):
        yield Shot(name="icecast-home", expect="", by="Icecast 2.4, its status page", port=port, path="/status.xsl")
        yield Shot(name="icecast-404", expect=ERROR, by="Icecast 2.4, its 404", port=port, path="/none")
    port = room.port()
    conf = room.write(
        "yaws.conf",
        f"logdir = {room.folder}\nauth_log=false\n<server www.example.test>\nport={port}\n"
        f"listen={HOST}\ndocroot={room.folder}/www\n</server>\n",
    )
    room.write("www/boom.yaws", '<erl>\nout(A) -> list_to_integer("tariff").\n</erl>')
    room.write("www/bad.yaws", "<erl>\nout(A) -> tariff(.\n</erl>")
    with room.serve(
        ["yaws", "-i", "--conf", str(conf), "--erlarg", "-noinput"], port, CLEAN | {"HOME": str(room.folder)}
    ):
        yield Shot(name="yaws-home", expect="", by="Yaws 2.1, a static page", port=port)
        yield Shot(name="yaws-404", expect=ERROR, by="Yaws 2.1, its 404", port=port, path="/none")
        yield Shot(name="yaws-500", expect=ERROR, by="Yaws 2.1, an error", port=port, path="/boom.yaws")
        yield Shot(name="yaws-syntax", expect=ERROR, by="Yaws 2.1, a syntax error", port=port, path="/bad.yaws")


def apache_more(room: Room) -> Iterator[Shot]:
    """Record Apache with mod_python, mod_perl, mod_security, mod_php, and statuses rewritten to 200."""
    room.folder.chmod(0o755)
    port, dead = room.port(), room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/boom.py", "def handler(req):\n    return {}['tariff']\n")
    room.write(
        "www/db.php",
        f"<?php mysqli_report(MYSQLI_REPORT_OFF); $c = mysqli_connect('127.0.0.1', 'u', 'p', 'd', "
        f"{dead}); if (!$c) die('Erreur : la base de données ne répond pas.'); ?>",
    )
    room.write("www/sqlite.php", "<?php $d = new SQLite3('/srv/none/site.db');")
    room.write(
        "www/sorry.php",
        "<?php try { new PDO('pgsql:host=127.0.0.1;port=1'); } catch (Exception $e) { echo "
        "'<html><body><h2>Database problem</h2><p>' . $e->getMessage() . '</p></body></html>'; }",
    )
    room.write("www/boom.pl", "use CGI::Carp 'fatalsToBrowser';\nuse strict;\ndie 'No tariff for this day';\n")
    modules = ["mpm_prefork", "authz_core", "dir", "alias", "mime", "python", "perl", "php", "security2", "unique_id"]
    files = {"php": "libphp8.2", "mpm_prefork": "mod_mpm_prefork"}
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/{files.get(m, 'mod_' + m)}.so" for m in modules)
    room.write(
        "apache.conf",
        f"""{loads}
ServerName www.example.test
Listen {HOST}:{port}
User www-data
Group www-data
PidFile {room.folder}/a.pid
ErrorLog {room.folder}/a.log
ServerSignature Off
DocumentRoot {room.folder}/www
TypesConfig /etc/mime.types
php_admin_value display_errors 1
<Directory {room.folder}/www>
 Require all granted
 AddHandler application/x-httpd-php .php
 <Files boom.py>
  SetHandler mod_python
  PythonHandler boom
  PythonDebug On
 </Files>
 <Files boom.pl>
  SetHandler perl-script
  PerlResponseHandler ModPerl::Registry
  Options +ExecCGI
  PerlOptions +ParseHeaders
 </Files>
</Directory>
SecRuleEngine On
SecRule ARGS:q "@contains <script" "id:1,phase:2,deny,status:406"
ErrorDocument 404 "<h1>Seite nicht gefunden</h1><p>Die angeforderte Seite gibt es nicht."
""",
    )
    with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
        for name, expect, what, path in (
            ("mod-python", ERROR, "mod_python, an error", "/boom.py"),
            ("cgi-carp", ERROR, "mod_perl and CGI::Carp, an error", "/boom.pl"),
            ("mod-security", ERROR, "mod_security, a rule that denies", "/?q=<script"),
            ("php-database", ERROR, "mod_php, MariaDB stopped, a sentence of its own", "/db.php"),
            ("php-sqlite", ERROR, "mod_php, an SQLite file that is not there", "/sqlite.php"),
            ("php-pdo-caught", ERROR, "mod_php, PostgreSQL stopped, the message shown", "/sorry.php"),
            ("own-404-de", ERROR, "an ErrorDocument in German", "/keine"),
        ):
            yield Shot(name=f"apache-{name}", expect=expect, by=f"Apache 2.4, {what}", port=port, path=path)


MAKERS = (fourth_node, languages, fourth_apps, more_servers, apache_more)
