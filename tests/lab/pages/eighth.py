"""Pages of the eighth set: nginx, Apache, PHP shops with MariaDB stopped, Debian's WordPress in other languages."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.lab.pages.cms import INSTALL, ROUTER
from tests.lab.pages.fifth import in_languages
from tests.lab.pages.php import served
from tests.lab.pages.room import HOST, Room, Shot

ERROR, BLANK, MAINTENANCE = "error_page", "blank_page", "maintenance_page"
LANGUAGES = {
    "maintenance": ("pt_BR", "sr_RS", "ar", "he_IL", "ja", "es_PE"),
    "critical": ("sr_RS", "ja"),
    "dead": ("pt_BR", "sr_RS", "ar", "he_IL", "ja", "es_PE"),
}
POSTS = """<?php
$_SERVER['HTTP_HOST'] = 'www.example.test'; require 'www/wp-load.php';
foreach ([['Nova coleção em breve', 'A nova coleção de cadeiras chega em março. Inscreva-se para saber o dia.', ''],
  ['Tabela de preços', 'Somente para revendedores.', 'porta'],
  ['Como cuidar da madeira', 'Limpe com um pano seco. Nunca use água quente.<!--nextpage-->Depois, cera.', '']]
  as [$title, $text, $password])
  wp_insert_post(['post_title' => $title, 'post_content' => "<p>$text</p>", 'post_status' => 'publish',
    'post_password' => $password]);
"""
SHOP = """<?php
%s
$title = 'Lopes Móveis';
?><!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title><?= $title ?></title>
<link rel="stylesheet" href="/css/shop.css"></head><body><header><a href="/"><?= $title ?></a>
<nav><a href="/cadeiras">Cadeiras</a> <a href="/mesas">Mesas</a> <a href="/carrinho">Carrinho</a></nav></header><main>
<?php
%s
?></main><footer>Rua das Flores 10, Curitiba</footer></body></html>
"""
SHOPS = {  # name → settings, what the shop does before its head, what it does in its middle
    "pdo-in-page": ("display_errors=0", "", ("try { $d = new PDO('mysql:host=127.0.0.1;port={dead}', 'shop', 'x');"
        "} catch (PDOException $e) { echo '<p>', $e->getMessage(), '</p>'; }")),
    "or-die": ("display_errors=0", "mysqli_report(MYSQLI_REPORT_OFF);", ("$d = mysqli_connect('127.0.0.1', 'shop', 'x',"
        "'shop', {dead}) or die('Could not connect: ' . mysqli_connect_error());")),
    "friendly": ("display_errors=0", ("try { new mysqli('127.0.0.1', 'shop', 'x', 'shop', {dead}); }"
        "catch (mysqli_sql_exception $e) { http_response_code(500); error_log($e);"
        "die('<h1>Erro no banco de dados</h1><p>Tente novamente mais tarde.</p>'); }"), ""),
    "json": ("display_errors=0", ("header('Content-Type: application/json');"
        "try { new mysqli('127.0.0.1', 'shop', 'x', 'shop', {dead}); } catch (Exception $e) { http_response_code(500);"
        "die(json_encode(['error' => true, 'message' => $e->getMessage(), 'products' => []])); }"), ""),
    "handler": ("display_errors=0", ("set_exception_handler(function ($e) { http_response_code(503);"
        "echo '<h2>', get_class($e), '</h2><pre>', $e, '</pre>'; });"
        "new PDO('mysql:host=127.0.0.1;port={dead};dbname=shop', 'shop', 'x');"), ""),
    "odbc": ("display_errors=1", "", ("$d = pg_connect('host=127.0.0.1 port={dead} dbname=shop');"
        "$r = pg_query($d, 'select * from product');")),
    "old": ("display_errors=1", "", "$d = mysql_connect('127.0.0.1', 'shop', 'x');"),
}  # fmt: skip


def eighth_nginx(room: Room) -> Iterator[Shot]:
    """Record nginx in configurations of other sites: own pages by error_page, limits, a maintenance file, types."""
    port = room.port()
    shop = SHOP.replace("<?= $title ?>", "Lopes Móveis").partition("?>")[2]
    room.write("www/index.html", shop.replace("<?php\n%s\n?>", "<h1>Cadeiras</h1><p>Feitas à mão em Curitiba.</p>"))
    room.write("www/manutencao.html", "<!doctype html><title>Manutenção</title><h1>Site em manutenção</h1>"
               "<p>Estamos atualizando a loja. Voltamos às 14h.</p>")  # fmt: skip
    room.write("www/api.json", '{"status":"ok","items":[],"errors":null}')
    room.write(
        "nginx.conf",
        f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ include /etc/nginx/mime.types; access_log off; default_type text/html; charset utf-8;
 server {{ listen {HOST}:{port}; root {room.folder}/www;
  location /repair {{ error_page 503 /manutencao.html; return 503; }}
  location = /manutencao.html {{ }}
  location /415 {{ return 415; }} location /421 {{ return 421; }} location /505 {{ return 505; }}
  location /501 {{ return 501; }} location /text {{ return 500 "upstream failed"; }}
  location /up {{ default_type application/json; return 200 '{{"status":"UP","version":"4.2.1"}}'; }}
  location /ssi {{ ssi on; alias {room.folder}/ssi/; index x.html; }}
 }} }}""",
    )
    room.write("ssi/x.html", '<html><body><h1>Mesas</h1><!--#include file="/none" --><!--#bad --></body></html>')

    def shot(name: str, expect: str, path: str) -> Shot:
        return Shot(name=f"nginx8-{name}", expect=expect, by=f"nginx 1.22, {name}", port=port, path=path)

    with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
        yield shot("repair", MAINTENANCE, "/repair")
        for status in ("415", "421", "501", "505"):
            yield shot(status, ERROR, f"/{status}")
        yield shot("text-500", ERROR, "/text")
        yield shot("ssi", ERROR, "/ssi/")
        yield shot("shop", "", "/index.html")
        yield shot("api", "", "/api.json")
        yield shot("up", "", "/up")


def eighth_apache(room: Room) -> Iterator[Shot]:
    """Record Apache with its ErrorDocuments in languages, CGI in Perl, SSI, DAV and other statuses."""
    port = room.port()
    room.write("www/index.shtml", '<html><body><h1>Oficina</h1><!--#include virtual="/none.html" --></body></html>')
    room.write("www/fine/index.html", "<h1>Oficina Lopes</h1><p>Mesas e cadeiras de imbuia, sob medida.</p>")
    for name, text in (
        ("silent", "#!/usr/bin/perl\nexit 3;\n"),
        ("died", ("#!/usr/bin/perl\nuse CGI::Carp 'fatalsToBrowser';\n\n"
         "my $h = {}; $h->price;\n")),
        ("empty", "#!/bin/sh\necho Content-Type: text/html\necho\n"),
        ("form", ("#!/usr/bin/perl\nuse CGI ':standard';\nprint header, start_html('Order'), h1('Order'),"
         "start_form, textfield('name'), submit, end_form, end_html;\n")),
    ):  # fmt: skip
        room.write(f"cgi/{name}", text).chmod(0o755)
    modules = (
        "mpm_prefork authz_core authz_host dir alias mime negotiation include cgi rewrite autoindex filter headers"
    )
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in modules.split())
    documents = "\n".join(
        f"ErrorDocument {status} /error/{page}.html.var"
        for status, page in ((404, "HTTP_NOT_FOUND"), (403, "HTTP_FORBIDDEN"), (500, "HTTP_INTERNAL_SERVER_ERROR"),
                             (503, "HTTP_SERVICE_UNAVAILABLE"), (410, "HTTP_GONE"))
    )  # fmt: skip
    room.write(
        "apache.conf",
        f"""{loads}
ServerName www.example.test
ServerAdmin webmaster@example.test
Listen {HOST}:{port}
PidFile {room.folder}/a.pid
ErrorLog {room.folder}/a.log
DocumentRoot {room.folder}/www
TypesConfig /etc/mime.types
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
DirectoryIndex index.html index.shtml
Alias /error/ /usr/share/apache2/error/
ScriptAlias /cgi/ {room.folder}/cgi/
RedirectMatch 503 ^/busy
RedirectMatch 410 ^/gone
RedirectMatch 418 ^/tea
RedirectMatch 429 ^/many
RedirectMatch 423 ^/locked
<Directory {room.folder}>
 Options Includes ExecCGI
 Require all granted
</Directory>
<Directory /usr/share/apache2/error>
 AllowOverride None
 Options IncludesNoExec
 AddOutputFilter Includes html
 AddHandler type-map var
 LanguagePriority en es de fr pt-br ja
 ForceLanguagePriority Prefer Fallback
 Require all granted
</Directory>
{documents}
""",
    )

    def shot(name: str, expect: str, path: str, language: str = "") -> Shot:
        headers = (("Accept-Language", language),) if language else ()
        by = f"Apache 2.4, {name}"
        return Shot(name=f"apache8-{name}", expect=expect, by=by, port=port, path=path, headers=headers)

    with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
        yield shot("ssi", ERROR, "/index.shtml")
        for language in ("pt-br", "ja", "es"):
            yield shot(f"busy-{language}", ERROR, "/busy", language)
        for language in ("de", "sr", "tr"):
            yield shot(f"cgi-{language}", ERROR, "/cgi/silent", language)
        yield shot("404-fr", ERROR, "/none", "fr")
        yield shot("died", ERROR, "/cgi/died")
        yield shot("empty", BLANK, "/cgi/empty")
        yield shot("many", ERROR, "/many")
        yield shot("locked", ERROR, "/locked")
        yield shot("form", "", "/cgi/form")
        yield shot("fine", "", "/fine/")


def eighth_php(room: Room) -> Iterator[Shot]:
    """Record a small shop in PHP whose database is stopped, in the ways shops ask it."""
    for name, (setting, before, middle) in SHOPS.items():
        dead = str(room.port())
        code = SHOP % (before.replace("{dead}", dead), middle.replace("{dead}", dead))
        page = room.write(f"{name}/index.php", code)
        with served(room, page.parent, (setting,)) as port:
            yield Shot(name=f"php8-{name}", expect=ERROR, by=f"PHP 8.2, a shop, {name}", port=port)
    page = room.write("fine/index.php", SHOP % ("", "echo '<h1>Cadeiras</h1><p>0 produtos encontrados.</p>';"))
    with served(room, page.parent) as port:
        yield Shot(name="php8-none-found", expect="", by="PHP 8.2, a shop, nothing found", port=port)


def eighth_languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in more languages."""
    yield from in_languages(room, LANGUAGES)


def unpack(room: Room, version: str) -> Path:
    """Unpack a WordPress of npm's package of builds, with its languages from Debian's."""
    archive = room.node / f"@wp-playground/wordpress-builds/src/wordpress/wp-{version}.zip"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(room.folder / "www")
    www = room.folder / "www"
    for name in ("database", "mu-plugins", "db.php", "plugins/sqlite-database-integration"):
        if (found := www / "wp-content" / name).exists():
            found.rename(room.folder / name.replace("/", "-"))
    room.copy("/usr/share/wordpress/wp-content/languages", "www/wp-content/languages")
    room.write("router.php", ROUTER)
    return www


def install(room: Room, theme: str, language: str) -> None:
    """Install WordPress and write three posts."""
    room.write("install.php", (INSTALL % language).replace("twentytwentythree", theme))
    room.write("posts.php", POSTS)
    for name in ("install.php", "posts.php"):
        room.run(["php", "-d", "error_log=/dev/null", "-d", "display_errors=0", name])


MAKERS = (eighth_nginx, eighth_apache, eighth_php, eighth_languages)
