"""Pages of PHP itself: faults shown, hidden and half shown, by mod_php's like, php-fpm and PHP's own server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.pages.room import CLEAN, HOST, Room, Shot

HEAD = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><title>Garage Martin - Entretien et réparation à Nantes</title>
<link rel="stylesheet" href="/style.css"></head>
<body>
<header><a href="/">Garage Martin</a><nav><a href="/services">Services</a> <a href="/tarifs">Tarifs</a></nav></header>
<main>
"""
BODY = """<h1>Votre garage à Nantes</h1>
<p>Entretien, réparation et diagnostic toutes marques. Nos mécaniciens vous reçoivent du lundi au samedi.</p>
<ul><li>Vidange</li><li>Freins</li><li>Pneus</li><li>Climatisation</li></ul>
"""
FOOT = """</main><footer>Garage Martin, 12 quai de la Fosse, 44000 Nantes - 02 40 00 00 00</footer></body></html>
"""

# name, kind, what it is, the page's PHP between the site's head and foot, php.ini settings beyond display_errors=1
PAGES = (
    ("healthy", "", "a healthy page", f"?>{BODY}<?php", ()),
    (
        "uncaught",
        "error_page",
        "an uncaught exception, shown",
        "throw new RuntimeException('No tariff for this day');",
        (),
    ),
    (
        "undefined-function",
        "error_page",
        "a call to an undefined function, shown",
        f"?>{BODY}<?php prix_du_jour();",
        (),
    ),
    ("warning", "error_page", "a warning shown above a whole page", f"echo $devis['total']; ?>{BODY}<?php", ()),
    (
        "deprecated",
        "error_page",
        "a deprecation shown in a whole page",
        f"echo strlen(null); ?>{BODY}<?php",
        ("error_reporting=32767",),
    ),
    ("include-missing", "error_page", "a missing include, shown", "require 'lib/tarifs.php';", ()),
    ("memory", "error_page", "memory exhausted, shown", "$a = str_repeat('x', 900000000);", ("memory_limit=32M",)),
    (
        "too-long",
        "error_page",
        "max_execution_time passed, shown",
        "while (true) { $a = 1; }",
        ("max_execution_time=1",),
    ),
    (
        "plain-text-error",
        "error_page",
        "an uncaught exception, html_errors off",
        "throw new LogicException('x');",
        ("html_errors=0",),
    ),
    (
        "hidden-at-start",
        "error_page",
        "an uncaught exception after the head went out, hidden",
        "flush(); nowhere();",
        ("display_errors=0",),
    ),
    (
        "mysqli-refused",
        "error_page",
        "mysqli with MariaDB stopped, warning and message",
        (
            "$c = @mysqli_connect('127.0.0.1', 'garage', 'x', 'garage', {dead});"
            "die('Connection failed: ' . mysqli_connect_error());"
        ),
        ("mysqli.report=0",),
    ),
    (
        "mysqli-uncaught",
        "error_page",
        "mysqli with MariaDB stopped, shown",
        "new mysqli('127.0.0.1', 'u', 'p', 'd', {dead});",
        (),
    ),
    (
        "pdo-uncaught",
        "error_page",
        "PDO with MariaDB stopped, shown",
        "new PDO('mysql:host=127.0.0.1;port={dead}', 'u', 'p');",
        (),
    ),
    (
        "pgsql-refused",
        "error_page",
        "pg_connect with PostgreSQL stopped",
        "pg_connect('host=127.0.0.1 port={dead} dbname=d');",
        (),
    ),
)
BARE = (
    (
        "blank",
        "blank_page",
        "a page whose template printed nothing, status 200",
        "<?php http_response_code(200);",
        ("display_errors=0",),
    ),
    ("hidden", "blank_page", "a fatal error hidden: 500 and no body", "<?php nowhere();", ("display_errors=0",)),
    (
        "hidden-as-200",
        "blank_page",
        "a fatal error hidden by a buffer, status 200",
        "<?php ob_start(fn($b) => ''); echo 'x';",
        (),
    ),
    ("parse-error", "error_page", "a parse error, shown", "<?php\n$a = [1, 2;\necho 'x';\n", ()),
    (
        "json-warning",
        "error_page",
        "a warning before JSON",
        "<?php header('Content-Type: application/json'); echo $x; echo '{}';",
        (),
    ),
    ("head-only", "blank_page", "the template stopped after the head, hidden", "HEAD", ("display_errors=0",)),
)


@contextmanager
def served(room: Room, folder: Path, settings: tuple[str, ...] = (), router: str = "") -> Iterator[int]:
    """Serve a folder by PHP's own server, faults shown unless the settings say otherwise; yields the port."""
    port = room.port()
    options = [
        part
        for setting in ("display_errors=1", "error_log=/dev/null", "opcache.enable=0", *settings)
        for part in ("-d", setting)
    ]
    command = ["php", *options, "-S", f"{HOST}:{port}", "-t", str(folder), *([router] if router else [])]
    with room.serve(command, port, CLEAN | {"PHP_CLI_SERVER_WORKERS": "2"}):
        yield port


def php_pages(room: Room) -> Iterator[Shot]:
    """Record faults inside a small site: its head is out already, its foot may never come."""
    for name, expect, what, code, settings in PAGES:
        index = room.write(f"{name}/index.php", f"{HEAD}<?php {code.replace('{dead}', str(room.port()))} ?>{FOOT}")
        with served(room, index.parent, ("output_buffering=0", *settings)) as port:
            yield Shot(name=f"php-{name}", expect=expect, by=f"PHP 8.2, {what}", port=port)


def php_bare(room: Room) -> Iterator[Shot]:
    """Record faults before anything was printed."""
    head = "<!DOCTYPE html><html><head><title></title></head><body><?php nowhere();"
    for name, expect, what, code, settings in BARE:
        index = room.write(f"{name}/index.php", head if code == "HEAD" else code)
        with served(room, index.parent, ("output_buffering=0", *settings)) as port:
            yield Shot(name=f"php-{name}", expect=expect, by=f"PHP 8.2, {what}", port=port)


def php_fpm(room: Room) -> Iterator[Shot]:
    """Record php-fpm behind nginx: a script that is not there, a fault, and the pool stopped."""
    port, pool = room.port(), room.port()
    room.folder.chmod(0o755)
    room.write("www/index.php", f"{HEAD}<?php inconnu(); ?>{FOOT}")
    room.write(
        "fpm.conf",
        f"[global]\ndaemonize = no\nerror_log = {room.folder}/fpm.log\n[www]\nuser = www-data\ngroup = www-data\n"
        f"listen = {HOST}:{pool}\npm = static\npm.max_children = 2\nphp_admin_value[display_errors] = 1\n",
    )
    room.write(
        "nginx.conf",
        f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ access_log off; server {{ listen {HOST}:{port}; root {room.folder}/www;
 location / {{ include /etc/nginx/fastcgi_params;
  fastcgi_param SCRIPT_FILENAME $document_root$uri; fastcgi_pass {HOST}:{pool}; }} }} }}""",
    )
    with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
        with room.serve(["php-fpm8.2", "-F", "-R", "-y", str(room.folder / "fpm.conf")], pool):
            yield Shot(
                name="fpm-not-found", expect="error_page", by="php-fpm 8.2, no such script", port=port, path="/none.php"
            )
            yield Shot(
                name="fpm-fatal",
                expect="error_page",
                by="php-fpm 8.2, a fatal error shown",
                port=port,
                path="/index.php",
            )
        yield Shot(
            name="fpm-stopped", expect="error_page", by="nginx 1.22, php-fpm stopped", port=port, path="/index.php"
        )


def php_server(room: Room) -> Iterator[Shot]:
    """Record the 404 of PHP's own server."""
    room.write("www/x.txt", "x")
    with served(room, room.folder / "www") as port:
        yield Shot(
            name="php-server-404", expect="error_page", by="PHP 8.2's own server, its 404", port=port, path="/none.html"
        )


@contextmanager
def database(room: Room, name: str = "db") -> Iterator[int]:
    """Run MariaDB with an empty database `site` for the user `site`; yields the port."""
    port, data = room.port(), room.folder / name
    if not data.exists():
        base = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-test-db"]
        room.run([*base, "--auth-root-authentication-method=normal"])
    socket = f"{room.folder}/{name}.sock"
    command = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--port={port}", f"--socket={socket}"]
    with room.serve([*command, f"--bind-address={HOST}", "--innodb-buffer-pool-size=32M"], port):
        grant = "create database if not exists site; grant all on site.* to site@'127.0.0.1' identified by 'site';"
        room.run(["mariadb", "--no-defaults", f"--socket={socket}", "-u", "root"], text=grant)
        yield port


MAKERS = (php_pages, php_bare, php_fpm, php_server)
