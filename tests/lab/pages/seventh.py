"""Pages recorded after general signs had to have a notice's shape: web servers, WordPress and PHP in other modes."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.lab.pages.cms import CONFIG, INSTALL, _wordpress
from tests.lab.pages.fifth import in_languages
from tests.lab.pages.php import database, served
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR, BLANK = "error_page", "blank_page"
LANGUAGES = {
    "maintenance": ("ca", "gl_ES", "sl_SI", "lv", "tr_TR"),
    "critical": ("it_IT", "ca", "sl_SI"),
    "dead": ("gl_ES", "ca", "nl_NL", "tr_TR"),
}
PHP = {  # application → its folder and what is asked of it with no database there
    "zabbix": ("/usr/share/zabbix", (("setup", "", "/setup.php"),)),
    "lam": ("/usr/share/ldap-account-manager", (("login", "", "/templates/login.php"), ("index", "", "/index.html"))),
    "davical": ("/usr/share/davical/htdocs", (("dead", BLANK, "/index.php"),)),
    "ganglia": (
        "/usr/share/ganglia-webfrontend",
        (("no-rrds", ERROR, "/index.php"), ("view", BLANK, "/host_view.php")),
    ),
}
MYSQL = {  # what a small shop in PHP prints when MariaDB is stopped, by its own way to ask it
    "mysqli-hidden": (
        "display_errors=0",
        (
            "mysqli_report(MYSQLI_REPORT_OFF); $d = new mysqli('127.0.0.1','u','p','d',{dead});"
            "if ($d->connect_error) { http_response_code(500); die($d->connect_error); }"
        ),
    ),
    "pdo-caught": (
        "display_errors=0",
        (
            "try { new PDO('mysql:host=127.0.0.1;port={dead}', 'u', 'p'); }"
            "catch (PDOException $e) { echo 'Error: ', $e->getMessage(); exit; }"
        ),
    ),
    "mysqli-ignored": (
        "display_errors=1",
        (
            "mysqli_report(MYSQLI_REPORT_OFF); $d = mysqli_connect('127.0.0.1','u','p','d',{dead});"
            "$r = mysqli_query($d, 'select 1');"
        ),
    ),
}


@contextmanager
def silent() -> Iterator[int]:
    """Listen without ever answering."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(8)
        yield int(listener.getsockname()[1])


@contextmanager
def rude() -> Iterator[int]:
    """Answer what is no HTTP."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(8)
        ended = threading.Event()
        listener.settimeout(0.2)

        def answer() -> None:
            while not ended.is_set():
                try:
                    caller, _address = listener.accept()
                except TimeoutError:
                    continue
                caller.sendall(b"\x00\x01\x02 no HTTP\r\n\r\n")
                caller.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ended.set()
            thread.join()


def seventh_nginx(room: Room) -> Iterator[Shot]:
    """Record statuses and modules of nginx that were not recorded before."""
    port = room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/menu.txt", "soup\n")
    with silent() as slow:
        room.write(
            "nginx.conf",
            f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ include /etc/nginx/mime.types; access_log off; proxy_read_timeout 1s; server_tokens off;
 server {{ listen {HOST}:{port}; root {room.folder}/www; default_type text/html;
  location /504 {{ proxy_pass http://{HOST}:{slow}; }}
  location /405 {{ limit_except POST {{ deny all; }} }} location /410 {{ return 410; }} location /451 {{ return 451; }}
  location /406 {{ return 406; }} location /413 {{ return 413; }} location /507 {{ return 507; }}
  location /loop {{ rewrite ^ /loop last; }} location /words {{ return 503 "try again in a minute"; }}
  location /pass {{ fastcgi_pass unix:{room.folder}/none.sock; }}
  location /fallback {{ error_page 404 =200 /index.html; }}
 }} }}""",
        )
        with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
            for name in ("504", "410", "406", "413", "507", "loop", "words", "pass"):
                by = f"nginx 1.22, server_tokens off, {name}"
                yield Shot(name=f"nginx7-{name}", expect=ERROR, by=by, port=port, path=f"/{name}")
            by = "nginx 1.22, a page that stands in for one that is not there"
            yield Shot(name="nginx7-fallback", expect="", by=by, port=port, path="/fallback/x")


def _apache_conf(room: Room, loads: str, port: int, slow: int, odd: int) -> str:
    return f"""{loads}
ServerName www.example.test
Listen {HOST}:{port}
PidFile {room.folder}/a.pid
ErrorLog {room.folder}/a.log
ServerSignature Off
ServerTokens Prod
DocumentRoot {room.folder}/www
TypesConfig /etc/mime.types
<Directory {room.folder}>
 Options ExecCGI FollowSymLinks
 Require all granted
</Directory>
ScriptAlias /cgi/ {room.folder}/cgi/
ProxyPass /slow http://{HOST}:{slow}/ timeout=1
ProxyPass /odd http://{HOST}:{odd}/
ProxyPass /none balancer://nobody/
<Location /private>
 AuthType Basic
 AuthName x
 AuthUserFile {room.folder}/users
 Require valid-user
</Location>
<Location /status>
 SetHandler server-status
</Location>
<Location /balancer>
 SetHandler balancer-manager
</Location>
RewriteEngine On
RewriteRule ^/loop http://{HOST}:{port}/loop [P]
RedirectMatch 507 ^/507
RedirectMatch 402 ^/402
"""


def seventh_apache(room: Room) -> Iterator[Shot]:
    """Record statuses and modules of Apache that were not recorded before, and its status pages."""
    port = room.port()
    room.write("www/index.html", HEALTHY)
    modules = ["mpm_event", "authz_core", "dir", "alias", "mime", "proxy", "proxy_http", "proxy_balancer", "rewrite"]
    modules += ["slotmem_shm", "lbmethod_byrequests", "status", "info", "auth_basic", "authn_file", "authz_user", "cgi"]
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in [*modules, "authn_core"])
    script = room.write("cgi/broken", "#!/bin/sh\necho no header\n")
    script.chmod(0o755)
    with silent() as slow, rude() as odd:
        room.write(
            "apache.conf",
            _apache_conf(room, loads, port, slow, odd),
        )
        with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
            for name, path in (
                ("401", "/private/"), ("slow", "/slow/"), ("odd", "/odd/"), ("cgi", "/cgi/broken"), ("507", "/507"),
                ("402", "/402"), ("none", "/none/"),
            ):  # fmt: skip
                by = f"Apache 2.4, ServerSignature Off, {name}"
                yield Shot(name=f"apache7-{name}", expect=ERROR, by=by, port=port, path=path)
            for name in ("status", "balancer"):
                by = f"Apache 2.4, mod_{name}'s page"
                yield Shot(name=f"apache7-{name}", expect="", by=by, port=port, path=f"/{name}")


def seventh_wordpress(room: Room) -> Iterator[Shot]:
    """Record WordPress with another theme, healthy and broken in other ways."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    room.copy("/usr/share/wordpress/wp-content/themes/twentytwentyone", "www/wp-content/themes/twentytwentyone")
    plugin = www / "wp-content/mu-plugins/broken.php"

    def shot(name: str, expect: str, what: str, port: int, path: str = "/") -> Shot:
        by = f"WordPress 6.1, Twenty Twenty-One, {what}"
        return Shot(name=f"wp7-{name}", expect=expect, by=by, port=port, path=path)

    with served(room, www, ("display_errors=0",), router) as port, served(room, www, (), router) as shown:
        with database(room) as db:
            good = CONFIG % (db, "false")
            (www / "wp-config.php").write_text(good)
            room.write("install.php", (INSTALL % "").replace("twentytwentythree", "twentytwentyone"))
            room.run(["php", "-d", "error_log=/dev/null", "install.php"])
            for name, path in (
                ("home", "/"), ("lost", "/wp-login.php?action=lostpassword"),
                ("comments", "/?feed=comments-rss2"), ("api", "/?rest_route=/wp/v2/posts"),
            ):  # fmt: skip
                yield shot(name, "", f"healthy, {name}", port, path)
            yield shot("api-404", ERROR, "its interface's 404", port, "/?rest_route=/none")
            plugin.parent.mkdir(exist_ok=True)
            for name, code in (
                ("plugin-fatal", "nulle_part();"),
                ("plugin-die", "wp_die('The shop is closed for the night.');"),
                ("plugin-syntax", "function ("),
            ):
                plugin.write_text(f"<?php {code}")
                yield shot(name, ERROR, f"{name}, hidden", port)
                if name != "plugin-die":
                    yield shot(f"{name}-shown", ERROR, f"{name}, display_errors on", shown)
            plugin.unlink()
            (www / "wp-config.php").write_text(good.replace("'wp_'", "'shop_'"))
            yield shot("wrong-prefix", ERROR, "another table prefix", port, "/wp-admin/install.php")
            (www / "wp-config.php").write_text(good.replace("'wp_'", "'wp-'"))
            yield shot("bad-prefix", ERROR, "a table prefix that is none", port)
            (www / "wp-config.php").write_text(good.replace("PASSWORD', 'site'", "PASSWORD', 'wrong'"))
            yield shot("wrong-password", ERROR, "a wrong database password", port)
        (www / "wp-config.php").write_text(good.replace("'WP_DEBUG', false", "'WP_DEBUG', true"))
        yield shot("dead-debug", ERROR, "MariaDB stopped, WP_DEBUG", shown)
        (www / "wp-content/db-error.php").write_text("<?php http_response_code(503); require ABSPATH . 'x.php';")
        yield shot("dead-dropin", ERROR, "MariaDB stopped, a db-error.php that fails", shown)


def seventh_languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in more languages."""
    yield from in_languages(room, LANGUAGES)


def seventh_php(room: Room) -> Iterator[Shot]:
    """Record small scripts and Debian's applications of PHP with their database stopped."""
    for name, (setting, code) in MYSQL.items():
        page = room.write(f"{name}/index.php", f"<?php {code.replace('{dead}', str(room.port()))} echo 'Shop';")
        with served(room, page.parent, (setting,)) as port:
            yield Shot(name=f"php7-{name}", expect=ERROR, by=f"PHP 8.2, {name}, MariaDB stopped", port=port)


def _debian(room: Room, name: str) -> Iterator[Shot]:
    folder, pages = PHP[name]
    www = room.copy(folder, name)
    with served(room, www, ("display_errors=0",)) as port:
        for page, expect, path in pages:
            by = f"Debian's {name}, {page}"
            yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


def seventh_zabbix(room: Room) -> Iterator[Shot]:
    """Record Zabbix' frontend, not set up yet."""
    yield from _debian(room, "zabbix")


def seventh_lam(room: Room) -> Iterator[Shot]:
    """Record LDAP Account Manager."""
    yield from _debian(room, "lam")


def seventh_davical(room: Room) -> Iterator[Shot]:
    """Record DAViCal."""
    yield from _debian(room, "davical")


def seventh_ganglia(room: Room) -> Iterator[Shot]:
    """Record Ganglia's frontend."""
    yield from _debian(room, "ganglia")


def _tool(room: Room, name: str, command: Sequence[str], pages: Sequence[tuple[str, str, str]]) -> Iterator[Shot]:
    port = room.port()
    env = CLEAN | {"HOME": str(room.folder)}
    with room.serve([part.format(port=port, folder=room.folder) for part in command], port, env):
        for page, expect, path in pages:
            yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name} of Debian 12, {page}", port=port, path=path)


def seventh_mercurial(room: Room) -> Iterator[Shot]:
    """Record Mercurial's web pages of a repository that tells of errors."""
    room.write("shop/cart.py", "def total(cart):\n    raise ValueError('Internal Server Error')\n")
    room.write("shop/.hg/hgrc", "")
    room.run(["rm", "-r", "shop/.hg"])
    room.run(["hg", "init", "shop"])
    commit = ["hg", "-R", "shop", "commit", "-A", "-u", "Ann", "-d", "2026-11-01"]
    room.run([*commit, "-m", "Fix 500 Internal Server Error when the database is down for maintenance"])
    command = ["hg", "serve", "-R", "shop", "-a", HOST, "-p", "{port}"]
    pages = (
        ("log", "", "/"), ("file", "", "/file/tip/cart.py"),
        ("change", "", "/rev/tip"), ("search", "", "/log?rev=error"),
        ("help", "", "/help/environment"), ("404", ERROR, "/file/tip/none.py"), ("bad", ERROR, "/rev/nothing"),
    )  # fmt: skip
    yield from _tool(room, "hgweb", command, pages)


def seventh_fossil(room: Room) -> Iterator[Shot]:
    """Record Fossil."""
    room.run(["fossil", "init", "shop.fossil", "-A", "ann"], CLEAN | {"HOME": str(room.folder), "USER": "ann"})
    command = ["fossil", "server", "shop.fossil", "--port", "{port}", "--localhost"]
    pages = (
        ("home", "", "/home"), ("login", "", "/login"), ("wiki", "", "/wcontent"),
        ("404", ERROR, "/none"), ("doc", ERROR, "/doc/trunk/none.md"),
    )  # fmt: skip
    yield from _tool(room, "fossil", command, pages)


def seventh_prometheus(room: Room) -> Iterator[Shot]:
    """Record Prometheus."""
    room.write("p.yml", "global: {}\n")
    command = [
        "prometheus",
        "--config.file=p.yml",
        "--storage.tsdb.path={folder}/d",
        "--web.listen-address=127.0.0.1:{port}",
    ]
    pages = (
        ("metrics", "", "/metrics"),
        ("api", "", "/api/v1/query?query=up"),
        ("bad", ERROR, "/api/v1/query?query=("),
    )
    yield from _tool(room, "prometheus", command, (*pages, ("healthy", "", "/-/healthy"), ("404", ERROR, "/none")))


MAKERS = (
    *(seventh_nginx, seventh_apache, seventh_wordpress, seventh_languages, seventh_php, seventh_zabbix, seventh_lam),
    *(seventh_davical, seventh_ganglia, seventh_mercurial, seventh_fossil, seventh_prometheus),
)
