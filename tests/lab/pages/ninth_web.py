"""Pages of the ninth set from nginx, Apache, proxies, load balancers and a small shop in PHP."""

from collections.abc import Iterator

from tests.lab.pages.php import database, served
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.seventh import rude, silent
from tests.lab.pages.web import HEALTHY

ERROR, BLANK, MAINTENANCE = "error_page", "blank_page", "maintenance_page"
SHOP = """<?php
$q = $_GET['q'] ?? ''; $page = $_GET['page'] ?? 'home'; %s
?><!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>La Cave du Port</title></head><body>
<header><a href="/">La Cave du Port</a><nav><a href="?page=home">Nos vins</a> <a href="?page=basket">Panier (0)</a>
<form><input name="q" placeholder="Rechercher un vin"></form></nav></header><main>
<?php if ($page === 'basket') { ?><h1>Votre panier</h1><p>Votre panier est vide pour le moment.</p><?php }
elseif ($page === 'contact') { ?><h1>Nous écrire</h1><p class="error">Merci d'indiquer une adresse valable.</p>
<form method="post"><input name="mail"><textarea name="text"></textarea><button>Envoyer</button></form><?php }
else { ?><h1>Nos vins</h1><?php %s } ?>
</main><footer>La Cave du Port, 3 quai Ouest, Lorient. Vente aux majeurs. Mentions légales</footer></body></html>
"""
LIST = """
$rows = $db->query("select name, price from wines where name like '%$q%'");
$found = 0;
foreach ($rows as $row) { $found++; echo "<article><h2>{$row['name']}</h2><p>{$row['price']} EUR</p></article>"; }
if (!$found) echo '<p>Aucun vin ne correspond à votre recherche.</p>';"""
SORRY = (
    "HTTP/1.0 503 Service Unavailable\r\nContent-Type: text/html\r\n\r\n<html><head><title>Shop</title></head>"
    "<body><h1>We'll be right back</h1><p>Our shop is being updated.</p></body></html>"
)
PDO = "$db = new PDO('mysql:host=127.0.0.1;port={port};dbname=site', 'site', 'site');"
LISTED = PDO + LIST
SHOPS: dict[str, tuple[str, str, str, str]] = {  # name → before the page, in the page, php.ini, kind
    "middle": ("", "try { " + LISTED + " } catch (PDOException $e) { echo $e->getMessage(); }", "0", ERROR),
    "sorry": ("", "try { " + LISTED + " } catch (PDOException $e) { echo '<p>Erreur de connexion à la base de"
     " données. Veuillez contacter le webmestre.</p>'; }", "0", ERROR),
    "shown": ("", LISTED, "1", ERROR),
    "top": (PDO, LIST, "1", ERROR),
    "json": ("header('Content-Type: application/json'); try { " + PDO + " } catch (PDOException $e) { http_"
     "response_code(500); die(json_encode(['status' => 'error', 'message' => $e->getMessage()])); }", "", "0", ERROR),
    "false": ("mysqli_report(0); $db = mysqli_connect('127.0.0.1', 'site', 'site', 'site', {port});",
     "$r = mysqli_query($db, 'select 1'); while ($row = mysqli_fetch_assoc($r)) echo $row[0];", "1", ERROR),
    "die": (("mysqli_report(0); @mysqli_connect('127.0.0.1', 'site', 'site', 'site', {port}) or die('Impossible de se"
     " connecter au serveur MySQL : ' . mysqli_connect_error());"), "", "0", ERROR),
}  # fmt: skip
LIVE: dict[str, tuple[str, str, str]] = {  # what goes wrong while MariaDB runs: in the page, php.ini, kind
    "table": (LISTED.replace("wines", "wine"), "1", ERROR),
    "syntax": (LISTED.replace("like", "lik"), "1", ERROR),
    "denied": (LISTED.replace("'site', 'site'", "'site', 'old'"), "1", ERROR),
    "schema": (LISTED.replace("dbname=site", "dbname=cave"), "1", ERROR),
    "gone": (PDO + "$db->query('set wait_timeout=1'); sleep(2);" + LIST, "1", ERROR),
    "session": ("session_save_path('/srv/none'); session_start();" + LISTED, "1", ERROR),
}


def ninth_nginx(room: Room) -> Iterator[Shot]:
    """Record statuses of nginx not recorded before, its packaged 50x.html, its lists and its counters."""
    port = room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/files/prices 2026.txt", "oak\n")
    room.write("www/part.html", '<h1>Durand</h1><!--#include virtual="/gone" --><p>Portes</p>')
    room.write(
        "nginx.conf",
        f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ include /etc/nginx/mime.types; access_log off;
 server {{ listen {HOST}:{port}; root {room.folder}/www; large_client_header_buffers 2 1k; absolute_redirect off;
  location /415 {{ return 415; }} location /416 {{ return 416; }} location /421 {{ return 421; }}
  location /501 {{ return 501; }} location /505 {{ return 505; }} location /409 {{ return 409; }}
  location /gone {{ return 404; }} location /part.html {{ ssi on; }}
  location /files {{ autoindex on; }} location /list {{ alias {room.folder}/www/files; autoindex on;
   autoindex_format json; }} location /count {{ stub_status; }}
 }} }}""",
    )
    with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
        for name in ("415", "416", "421", "501", "505", "409"):
            by = f"nginx 1.22, {name}"
            yield Shot(name=f"nginx9-{name}", expect=ERROR, by=by, port=port, path=f"/{name}")
        big = (("Cookie", "basket=" + "x" * 3000),)
        yield Shot(name="nginx9-cookie", expect=ERROR, by="nginx 1.22, a cookie too large", port=port, headers=big)
        by = "nginx 1.22, an address too long"
        yield Shot(name="nginx9-414", expect=ERROR, by=by, port=port, path="/" + "a" * 1500)
        by = "nginx 1.22, a part of the page answered 404"
        yield Shot(name="nginx9-part", expect=ERROR, by=by, port=port, path="/part.html")
        for name, path in (("files", "/files/"), ("list", "/list/"), ("count", "/count")):
            yield Shot(name=f"nginx9-{name}", expect="", by=f"nginx 1.22, {name}", port=port, path=path)


MODULES = (
    *("mpm_event", "authz_core", "dir", "alias", "mime", "proxy", "proxy_http", "rewrite", "negotiation", "include"),
    *("autoindex", "info", "headers", "lua"),
)


def _apache_conf(room: Room, port: int, dead: int) -> str:
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in MODULES)
    return f"""{loads}
ServerName www.example.test
Listen {HOST}:{port}
PidFile {room.folder}/a.pid
ErrorLog {room.folder}/a.log
ServerAdmin webmaster@example.test
ServerSignature EMail
DocumentRoot {room.folder}/www
TypesConfig /etc/mime.types
AddOutputFilter INCLUDES .shtml
AddHandler lua-script .lua
Alias /error/ /usr/share/apache2/error/
<Directory />
 Options Includes Indexes
 Require all granted
</Directory>
<Directory /usr/share/apache2/error>
 Options IncludesNoExec
 AddOutputFilter Includes html
 AddHandler type-map var
 LanguagePriority en
 ForceLanguagePriority Prefer Fallback
</Directory>
<Location /lost>
 ErrorDocument 503 /none.html
 Redirect 503 /lost
</Location>
<Location /said>
 ErrorDocument 500 "The workshop's computer is out of order."
 Redirect 500 /said
</Location>
<Location /proxied>
 ErrorDocument 503 /error/HTTP_SERVICE_UNAVAILABLE.html.var
 ProxyPass http://{HOST}:{dead}/
</Location>
<Location /app>
 ErrorDocument 500 /error/HTTP_INTERNAL_SERVER_ERROR.html.var
 Redirect 500 /app
</Location>
ErrorDocument 410 /error/HTTP_GONE.html.var
Redirect 410 /old
LimitRequestLine 600
<Location /info>
 SetHandler server-info
</Location>
{"".join(f"Redirect {status} /{status}{chr(10)}" for status in (409, 426, 501, 508))}
IndexOptions FancyIndexing HTMLTable
"""


def ninth_apache(room: Room) -> Iterator[Shot]:
    """Record statuses of Apache not recorded before, its packaged error documents and its broken parts of pages."""
    port, dead = room.port(), room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/files/prices 2026.txt", "oak\n")
    room.write(
        "www/part.shtml", '<html><body><h1>Durand</h1><!--#include virtual="/none" --><p>Portes</p></body></html>'
    )
    room.write("www/page.lua", "function handle(r) local price = nil; r:puts(price.total) end\n")
    room.write("apache.conf", _apache_conf(room, port, dead))
    pages = [(str(s), f"/{s}", "") for s in (409, 426, 501, 508)]
    pages += [(n, p, "") for n, p in (("lost", "/lost"), ("said", "/said"), ("part", "/part.shtml"))]
    pages += [("lua", "/page.lua", ""), ("long", "/" + "a" * 700, "")]
    pages += [(f"proxied-{tongue}", "/proxied", tongue) for tongue in ("fr", "es", "ko", "tr")]
    pages += [(f"app-{tongue}", "/app", tongue) for tongue in ("en", "nl", "ja", "pt-br", "it")]
    pages += [(f"old-{tongue}", "/old", tongue) for tongue in ("pl", "sv")]
    with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
        for name, path, tongue in pages:
            headers = (("Accept-Language", tongue),) if tongue else ()
            by = f"Apache 2.4, ServerSignature EMail, {name}"
            yield Shot(name=f"apache9-{name}", expect=ERROR, by=by, port=port, path=path, headers=headers)
        for name in ("files/", "info"):
            by = f"Apache 2.4, {name}"
            yield Shot(name=f"apache9-{name.strip('/')}", expect="", by=by, port=port, path=f"/{name}")


def ninth_shops(room: Room) -> Iterator[Shot]:
    """Record a small shop: healthy, its MariaDB failing in ways of its own, and MariaDB stopped."""

    def page(name: str, before: str, inside: str, db: int) -> None:
        room.write(f"{name}/index.php", (SHOP % (before, inside)).replace("{port}", str(db)))

    with database(room) as db:
        wines = "create table wines (name text, price int); insert into wines values ('Muscadet', 9), ('Cidre', 6);"
        room.run(
            ["mariadb", "--no-defaults", f"--socket={room.folder}/db.sock", "-u", "root", "site"],
            text=f"set global log_warnings=0; {wines}",
        )
        page("good", "", LISTED, db)
        with served(room, room.folder / "good", ()) as port:
            for name, path in (("home", "/"), ("none", "/?q=zzz"), ("basket", "/?page=basket"),
                               ("form", "/?page=contact")):  # fmt: skip
                yield Shot(name=f"cave-{name}", expect="", by=f"PHP 8.2, a shop, {name}", port=port, path=path)
        for name, (inside, shown, expect) in LIVE.items():
            page(name, "", inside, db)
            with served(room, room.folder / name, (f"display_errors={shown}",)) as port:
                yield Shot(name=f"cave-{name}", expect=expect, by=f"PHP 8.2, a shop, {name}", port=port)
    for name, (before, inside, shown, expect) in SHOPS.items():
        page(name, before, inside, db)
        with served(room, room.folder / name, (f"display_errors={shown}",)) as port:
            by = f"PHP 8.2, a shop, MariaDB stopped, {name}"
            yield Shot(name=f"cave-{name}", expect=expect, by=by, port=port)


def ninth_haproxy(room: Room) -> Iterator[Shot]:
    """Record HAProxy's further errors, its statistics, and an errorfile an agency wrote."""
    port = room.port()
    room.write("sorry.http", SORRY)
    codes = (400, 401, 408, 413, 500)
    denials = "\n".join(f" http-request deny deny_status {code} if {{ path /{code} }}" for code in codes)
    with rude() as odd, silent() as slow:
        room.write("h.cfg", f"""defaults
 mode http
 timeout connect 1s
 timeout client 5s
 timeout server 1s
frontend f
 bind {HOST}:{port}
 monitor-uri /alive
 stats enable
 stats uri /stats
 stats hide-version
{denials}
 use_backend odd if {{ path /502 }}
 use_backend own if {{ path /own }}
backend odd
 server a {HOST}:{odd}
backend own
 errorfile 503 {room.folder}/sorry.http
 server a {HOST}:{slow} disabled
""")  # fmt: skip
        with room.serve(["haproxy", "-f", str(room.folder / "h.cfg"), "-db"], port):
            for code in (*codes, 502):
                yield Shot(name=f"haproxy9-{code}", expect=ERROR, by=f"HAProxy 2.6, {code}", port=port, path=f"/{code}")
            by = "HAProxy 2.6, an errorfile of its own"
            yield Shot(name="haproxy9-own", expect=MAINTENANCE, by=by, port=port, path="/own")
            for name in ("stats", "alive"):
                yield Shot(name=f"haproxy9-{name}", expect="", by=f"HAProxy 2.6, {name}", port=port, path=f"/{name}")


def ninth_squid(room: Room) -> Iterator[Shot]:
    """Record Squid before a dead and a silent server, in several languages."""
    port, dead = room.port(), room.port()
    room.folder.chmod(0o777)
    with silent() as slow:
        room.write("s.conf", f"""acl slow urlpath_regex ^/slow
http_port {HOST}:{port} accel defaultsite=www.example.test no-vhost
cache_peer {HOST} parent {slow} 0 no-query originserver name=slow
cache_peer {HOST} parent {dead} 0 no-query originserver name=dead
cache_peer_access slow allow slow
cache_peer_access dead deny slow
http_access allow all
read_timeout 1 second
cache_mem 8 MB
cache_log {room.folder}/cache.log
access_log none
pid_filename {room.folder}/squid.pid
visible_hostname cache.example.test
""")  # fmt: skip
        with room.serve(["squid", "-N", "-n", f"lab{port}", "-f", str(room.folder / "s.conf")], port):
            for name, path, tongue in (
                ("slow", "/slow", "en"), ("slow-es", "/slow", "es-ar"),
                ("dead-vi", "/", "vi"), ("dead-de", "/", "de-at"), ("dead-zh", "/", "zh-cn"),
            ):  # fmt: skip
                accept = (("Accept-Language", tongue),)
                by = f"Squid 5.7, {name}"
                yield Shot(name=f"squid9-{name}", expect=ERROR, by=by, port=port, path=path, headers=accept)


def ninth_caddy(room: Room) -> Iterator[Shot]:
    """Record Caddy before a dead server, with a sentence of its own, a template that fails and a list of files."""
    port, dead = room.port(), room.port()
    room.write("www/files/prices.txt", "oak\n")
    room.write("Caddyfile", f"""{{
 admin off
 auto_https off
}}
http://:{port} {{
 bind {HOST}
 handle /dead {{
  reverse_proxy {HOST}:{dead}
 }}
 handle /said {{
  respond "Service Unavailable" 503
 }}
 handle /files/* {{
  root * {room.folder}/www
  file_server browse
 }}
}}
""")  # fmt: skip
    env = CLEAN | {"HOME": str(room.folder), "XDG_DATA_HOME": str(room.folder)}
    with room.serve(["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"], port, env):
        for name, expect, path in (("dead", BLANK, "/dead"), ("said", ERROR, "/said"), ("files", "", "/files/")):
            yield Shot(name=f"caddy9-{name}", expect=expect, by=f"Caddy 2.6, {name}", port=port, path=path)


MAKERS = (ninth_nginx, ninth_apache, ninth_shops, ninth_haproxy, ninth_squid, ninth_caddy)
