"""Pages of web servers, proxies and caches: nginx, Apache, lighttpd, HAProxy, Varnish, Squid, Caddy, Python's own."""

from collections.abc import Iterator

from tests.lab.pages.room import HOST, Room, Shot

HEALTHY = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>Menuiserie Durand, Lyon</title></head><body>
<header><nav><a href="/">Accueil</a> <a href="/devis">Devis</a> <a href="/contact">Contact</a></nav></header><main>
<h1>Menuiserie Durand</h1><p>Portes, fenêtres et escaliers sur mesure depuis 1982. Notre atelier de la Croix-Rousse
travaille le chêne, le frêne et le noyer pour les particuliers et les architectes de la région.</p>
<p>Demandez un devis gratuit : nous répondons sous deux jours ouvrés.</p></main></body></html>
"""


def nginx(room: Room) -> Iterator[Shot]:
    """Record nginx's own pages, by status and behind a dead or silent upstream."""
    port, dead, tls = room.port(), room.port(), room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/files/notes.txt", "notes")
    room.copy("/usr/share/nginx/html/index.html", "default/index.html")
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x"
    room.run([*request.split(), "-keyout", "k.pem", "-out", "c.pem"])
    room.write(
        "nginx.conf",
        f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ include /etc/nginx/mime.types; access_log off; proxy_read_timeout 1s;
 server {{ listen {HOST}:{tls} ssl; ssl_certificate {room.folder}/c.pem; ssl_certificate_key {room.folder}/k.pem; }}
 server {{ listen {HOST}:{port}; root {room.folder}/www; default_type text/html;
  location /502 {{ proxy_pass http://{HOST}:{dead}; }}
  location /500 {{ return 500; }} location /503 {{ return 503; }} location /403 {{ return 403; }}
  location /429 {{ return 429; }}
  location /401 {{ auth_basic "x"; auth_basic_user_file {room.folder}/none; }}
  location /empty {{ return 200; }}
  location /files/ {{ autoindex on; }}
  location /welcome/ {{ alias {room.folder}/default/; }}
 }} }}""",
    )
    command = ["nginx", "-c", str(room.folder / "nginx.conf")]
    with room.serve(command, port):
        yield Shot(name="nginx-site", expect="", by="nginx 1.22, a healthy static page", port=port)
        yield Shot(
            name="nginx-welcome", expect="error_page", by="nginx 1.22, its default page", port=port, path="/welcome/"
        )
        for status in (401, 403, 404, 429, 500, 502, 503):
            path = "/none" if status == 404 else f"/{status}"
            yield Shot(
                name=f"nginx-{status}", expect="error_page", by=f"nginx 1.22, its {status}", port=port, path=path
            )
        yield Shot(name="nginx-empty-200", expect="blank_page", by="nginx 1.22, return 200;", port=port, path="/empty")
        yield Shot(name="nginx-listing", expect="", by="nginx 1.22, autoindex of a folder", port=port, path="/files/")
        yield Shot(name="nginx-https-port", expect="error_page", by="nginx 1.22, http sent to https", port=tls)


def apache(room: Room) -> Iterator[Shot]:
    """Record Apache's own pages, its Debian default page, and its listing."""
    port, dead = room.port(), room.port()
    room.write("www/index.html", HEALTHY)
    room.write("www/files/notes.txt", "notes")
    room.write("www/broken/.htaccess", "NoSuchDirective on\n")
    room.write("www/denied/.htaccess", "Require all denied\n")
    room.copy("/usr/share/apache2/default-site/index.html", "www/welcome/index.html")
    modules = ["mpm_event", "authz_core", "dir", "autoindex", "alias", "mime", "proxy", "proxy_http", "access_compat"]
    loads = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in modules)
    room.write(
        "apache.conf",
        f"""{loads}
ServerName www.example.test
Listen {HOST}:{port}
PidFile {room.folder}/a.pid
ErrorLog {room.folder}/a.log
ServerSignature On
DocumentRoot {room.folder}/www
TypesConfig /etc/mime.types
<Directory {room.folder}/www>
 Options Indexes FollowSymLinks
 AllowOverride All
 Require all granted
</Directory>
ProxyPass /dead http://{HOST}:{dead}/
RedirectMatch 410 ^/gone
RedirectMatch 302 ^/moved http://www.example.test/
""",
    )
    with room.serve(["apache2", "-X", "-f", str(room.folder / "apache.conf")], port):
        yield Shot(name="apache-site", expect="", by="Apache 2.4, a healthy static page", port=port)
        yield Shot(
            name="apache-debian-default",
            expect="error_page",
            by="Apache 2.4, Debian's default page",
            port=port,
            path="/welcome/",
        )
        yield Shot(name="apache-404", expect="error_page", by="Apache 2.4, its 404", port=port, path="/none")
        yield Shot(name="apache-403", expect="error_page", by="Apache 2.4, its 403", port=port, path="/denied/")
        yield Shot(name="apache-410", expect="error_page", by="Apache 2.4, its 410", port=port, path="/gone")
        yield Shot(
            name="apache-500", expect="error_page", by="Apache 2.4, a broken .htaccess", port=port, path="/broken/"
        )
        yield Shot(
            name="apache-503", expect="error_page", by="Apache 2.4, proxy to a closed port", port=port, path="/dead"
        )
        yield Shot(
            name="apache-listing", expect="", by="Apache 2.4, mod_autoindex of a folder", port=port, path="/files/"
        )


def lighttpd(room: Room) -> Iterator[Shot]:
    """Record lighttpd's own pages and Debian's placeholder."""
    port, dead = room.port(), room.port()
    room.copy("/usr/share/lighttpd/index.html", "www/index.html")
    room.write("www/x.secret", "x")
    room.write(
        "l.conf",
        f"""server.modules = ("mod_access","mod_proxy")
server.port = {port}
server.bind = "{HOST}"
server.document-root = "{room.folder}/www"
index-file.names = ("index.html")
url.access-deny = (".secret")
mimetype.assign = (".html" => "text/html")
$HTTP["url"] =~ "^/dead" {{ proxy.server = ("" => (("host" => "{HOST}", "port" => {dead}))) }}
""",
    )
    with room.serve(["lighttpd", "-D", "-f", str(room.folder / "l.conf")], port):
        yield Shot(
            name="lighttpd-placeholder", expect="error_page", by="lighttpd 1.4, Debian's placeholder page", port=port
        )
        yield Shot(name="lighttpd-404", expect="error_page", by="lighttpd 1.4, its 404", port=port, path="/none")
        yield Shot(name="lighttpd-403", expect="error_page", by="lighttpd 1.4, its 403", port=port, path="/x.secret")
        yield Shot(
            name="lighttpd-503", expect="error_page", by="lighttpd 1.4, proxy to a closed port", port=port, path="/dead"
        )


def haproxy(room: Room) -> Iterator[Shot]:
    """Record HAProxy's pages before no server, a denial and a silent one."""
    port, dead, slow = room.port(), room.port(), room.port()
    room.write(
        "h.cfg",
        f"""defaults
 mode http
 timeout connect 1s
 timeout client 5s
 timeout server 1s
frontend f
 bind {HOST}:{port}
 http-request deny deny_status 403 if {{ path /denied }}
 http-request deny deny_status 429 if {{ path /many }}
 use_backend slow if {{ path /slow }}
 default_backend dead
backend dead
 server d {HOST}:{dead}
backend slow
 server s {HOST}:{slow}
""",
    )
    listen = f"import socket;s=socket.create_server(('{HOST}',{slow}));k=[]\nwhile True: k.append(s.accept())"
    with (
        room.serve(["python3", "-c", listen], slow),
        room.serve(["haproxy", "-f", str(room.folder / "h.cfg"), "-db"], port),
    ):
        yield Shot(name="haproxy-503", expect="error_page", by="HAProxy 2.6, backend down", port=port)
        yield Shot(name="haproxy-403", expect="error_page", by="HAProxy 2.6, request denied", port=port, path="/denied")
        yield Shot(name="haproxy-429", expect="error_page", by="HAProxy 2.6, too many", port=port, path="/many")
        yield Shot(name="haproxy-504", expect="error_page", by="HAProxy 2.6, backend silent", port=port, path="/slow")


def varnish(room: Room) -> Iterator[Shot]:
    """Record Varnish before a dead backend and with a synthetic answer."""
    port, dead = room.port(), room.port()
    vcl = room.write(
        "d.vcl",
        f"""vcl 4.0;
backend default {{ .host = "{HOST}"; .port = "{dead}"; }}
sub vcl_recv {{ if (req.url == "/denied") {{ return (synth(403, "Forbidden")); }} }}
""",
    )
    command = [
        "varnishd",
        "-F",
        "-n",
        str(room.folder / "v"),
        "-f",
        str(vcl),
        "-a",
        f"{HOST}:{port}",
        "-j",
        "none",
        "-s",
        "malloc,16m",
    ]
    with room.serve(command, port):
        yield Shot(name="varnish-503", expect="error_page", by="Varnish 7.1, backend fetch failed", port=port)
        yield Shot(name="varnish-403", expect="error_page", by="Varnish 7.1, synth(403)", port=port, path="/denied")


def squid(room: Room) -> Iterator[Shot]:
    """Record Squid as an accelerator before a dead server, in English and French."""
    port, dead = room.port(), room.port()
    room.folder.chmod(0o777)  # Squid gives up root
    room.write(
        "s.conf",
        f"""acl secret urlpath_regex ^/denied
http_port {HOST}:{port} accel defaultsite=www.example.test no-vhost
cache_peer {HOST} parent {dead} 0 no-query originserver
http_access deny secret
http_access allow all
cache_mem 8 MB
cache_log {room.folder}/cache.log
access_log none
pid_filename {room.folder}/squid.pid
visible_hostname cache.example.test
""",
    )
    with room.serve(["squid", "-N", "-n", f"lab{port}", "-f", str(room.folder / "s.conf")], port):
        french = (("Accept-Language", "fr"),)
        yield Shot(name="squid-connect-fail", expect="error_page", by="Squid 5.7, server unreachable", port=port)
        yield Shot(
            name="squid-connect-fail-fr",
            expect="error_page",
            by="Squid 5.7, the same in French",
            port=port,
            headers=french,
        )
        yield Shot(name="squid-denied", expect="error_page", by="Squid 5.7, access denied", port=port, path="/denied")


def caddy(room: Room) -> Iterator[Shot]:
    """Record Caddy's welcome page and its bare answers."""
    port, dead = room.port(), room.port()
    room.copy("/usr/share/caddy/index.html", "www/index.html")
    room.write(
        "Caddyfile",
        f"""{{
 admin off
 auto_https off
}}
http://:{port} {{
 bind {HOST}
 handle /dead {{
  reverse_proxy {HOST}:{dead}
 }}
 handle /fine {{
  respond "OK"
 }}
 handle {{
  root * {room.folder}/www
  file_server
 }}
}}
""",
    )
    env = {"PATH": "/usr/bin:/bin", "HOME": str(room.folder), "XDG_DATA_HOME": str(room.folder)}
    with room.serve(["caddy", "run", "--config", str(room.folder / "Caddyfile")], port, env):
        yield Shot(name="caddy-welcome", expect="error_page", by="Caddy 2.6, its welcome page", port=port)
        yield Shot(name="caddy-ok", expect="", by='Caddy 2.6, respond "OK" (a health page)', port=port, path="/fine")


def python_server(room: Room) -> Iterator[Shot]:
    """Record the pages of Python's http.server."""
    port = room.port()
    room.write("www/a.txt", "a")
    with room.serve(
        ["python3", "-m", "http.server", str(port), "--bind", HOST, "--directory", str(room.folder / "www")], port
    ):
        yield Shot(
            name="python-404", expect="error_page", by="Python 3.11 http.server, its 404", port=port, path="/none"
        )
        yield Shot(name="python-listing", expect="", by="Python 3.11 http.server, a folder", port=port)


MAKERS = (nginx, apache, lighttpd, haproxy, varnish, squid, caddy, python_server)
