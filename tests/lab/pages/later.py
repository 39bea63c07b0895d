"""Pages of software that no mark was tuned on: Perl, more servers, PHP applications, Python, JavaScript."""

from collections.abc import Iterator

from tests.lab.pages.php import served
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR = "error_page"
PERL = {
    "mojolicious": """use Mojolicious::Lite -signatures; $ENV{MOJO_LOG_LEVEL} = 'fatal';
get '/boom' => sub ($c) { die 'No tariff' }; get '/home' => sub ($c) { $c->render(data => HOME, format => 'html') };
app->secrets(['x']); app->start('daemon', '-m', 'MODE', '-l', 'http://127.0.0.1:PORT');
""",
    "dancer": """use Dancer2; set port => PORT; set host => '127.0.0.1'; set logger => 'null'; set show_errors => SHOWN;
get '/boom' => sub { die 'No tariff' }; get '/home' => sub { HOME }; dance;
""",
    "plack": """use Plack::Runner; my $app = sub { die 'No tariff' }; my $r = Plack::Runner->new;
$r->parse_options('-l', '127.0.0.1:PORT', '-E', 'MODE', '--no-default-middleware') if 'MODE' eq 'deployment';
$r->parse_options('-l', '127.0.0.1:PORT', '-E', 'MODE'); $r->run($app);
""",
}
PYTHON = {
    "sanic": """import sys; from sanic import Sanic, response
app = Sanic("site"); app.config.FALLBACK_ERROR_FORMAT = "html"
@app.get("/boom")
async def boom(request): return {}["tariff"]
if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", single_process=True, access_log=False)
""",
    "litestar": """import sys, uvicorn; from litestar import Litestar, get
@get("/boom", sync_to_thread=False)
def boom() -> str: return {}["tariff"]
uvicorn.run(Litestar([boom], debug=sys.argv[2] == "debug"),
    host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
""",
    "quart": """import sys; from quart import Quart
app = Quart("site")
@app.get("/boom")
async def boom(): return {}["tariff"]
app.run("127.0.0.1", int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)
""",
    "dash": """import sys; from dash import Dash, html
app = Dash("site"); app.layout = html.P("Portes et fenêtres")
@app.server.route("/boom")
def boom(): return {}["tariff"]
app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=sys.argv[2] == "debug", use_reloader=False)
""",
    "blacksheep": """import sys, uvicorn; from blacksheep import Application, get
app = Application(show_error_details=sys.argv[2] == "debug")
@get("/boom")
def boom(): return {}["tariff"]
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
""",
}
NODE = {
    "hono": """const { Hono } = require('hono'), { serve } = require('@hono/node-server'), a = new Hono();
a.get('/boom', () => { throw new Error('No tariff'); }); serve({ fetch: a.fetch, port: PORT, hostname: '127.0.0.1' });
""",
    "restify": """const s = require('restify').createServer();
s.get('/boom', async () => { throw new Error('No tariff'); }); s.listen(PORT, '127.0.0.1');
""",
    "polka": """const p = require('polka')();
p.listen(PORT, '127.0.0.1');
""",
    "h3": """import('h3').then(({ H3, serve }) => { const a = new H3();
a.get('/boom', () => { throw new Error('No tariff'); }); serve(a, { port: PORT, hostname: '127.0.0.1' }); });
""",
    "nest": """require('reflect-metadata'); const { Module } = require('@nestjs/common');
class App {} Module({})(App);
require('@nestjs/core').NestFactory.create(App, { logger: false }).then(a => a.listen(PORT, '127.0.0.1'));
""",
}
FILES = {
    "http-server": ["http-server/bin/http-server", "www", "-p", "PORT", "-a", HOST],
    "serve": ["serve/build/main.js", "www", "-l", f"tcp://{HOST}:PORT"],
}


def perl(room: Room) -> Iterator[Shot]:
    """Record Mojolicious, Dancer2 and Plack, in development and in production."""
    for name, code in PERL.items():
        for mode in ("development", "production" if name != "plack" else "deployment"):
            port = room.port()
            text = code.replace("PORT", str(port)).replace("MODE", mode).replace("HOME", f"'{HEALTHY}'")
            path = room.write(f"{name}-{mode}.pl", text.replace("SHOWN", str(int(mode == "development"))))
            with room.serve(["perl", str(path)], port, CLEAN | {"DANCER_ENVIRONMENT": mode}):
                by = f"Perl {name}, {mode}"
                yield Shot(name=f"{name}-{mode}-500", expect=ERROR, by=f"{by}, an error", port=port, path="/boom")
                if name != "plack":
                    yield Shot(name=f"{name}-{mode}-404", expect=ERROR, by=f"{by}, its 404", port=port, path="/none")
                    if mode == "production":
                        yield Shot(name=f"{name}-home", expect="", by=f"{by}, healthy", port=port, path="/home")


def servers(room: Room) -> Iterator[Shot]:
    """Record small servers and proxies: h2o, nghttpx, Tinyproxy, mini_httpd, webfs."""
    room.write("www/index.html", HEALTHY)
    dead = room.port()
    port = room.port()
    conf = room.write(
        "h2o.yaml",
        f"user: root\nlisten: {{ host: {HOST}, port: {port} }}\nhosts:\n  default:\n    paths:\n      /:\n"
        f"        file.dir: {room.folder}/www\n      /dead:\n        proxy.reverse.url: http://{HOST}:{dead}/\n",
    )
    with room.serve(["h2o", "-c", str(conf)], port):
        yield Shot(name="h2o-home", expect="", by="H2O 2.2, healthy", port=port)
        yield Shot(name="h2o-404", expect=ERROR, by="H2O 2.2, its 404", port=port, path="/none")
        yield Shot(name="h2o-502", expect=ERROR, by="H2O 2.2, proxy to a closed port", port=port, path="/dead/")
    port = room.port()
    with room.serve(["nghttpx", f"-f{HOST},{port};no-tls", f"-b{HOST},{dead}", "--errorlog-file=/dev/null"], port):
        yield Shot(name="nghttpx-502", expect=ERROR, by="nghttpx 1.52, backend dead", port=port)
    port = room.port()
    conf = room.write(
        "tiny.conf",
        f'Port {port}\nListen {HOST}\nReversePath "/dead/" "http://{HOST}:{dead}/"\n'
        'ReverseOnly Yes\nLogFile "/dev/null"\n',
    )
    with room.serve(["tinyproxy", "-d", "-c", str(conf)], port):
        yield Shot(
            name="tinyproxy-unreachable", expect=ERROR, by="Tinyproxy 1.11, dead upstream", port=port, path="/dead/"
        )
        yield Shot(name="tinyproxy-refused", expect=ERROR, by="Tinyproxy 1.11, no such path", port=port, path="/x")
    port = room.port()
    with room.serve(
        ["mini_httpd", "-D", "-p", str(port), "-h", HOST, "-d", str(room.folder / "www"), "-u", "root"], port
    ):
        yield Shot(name="mini-httpd-404", expect=ERROR, by="mini_httpd 1.30, its 404", port=port, path="/none")
    port = room.port()
    with room.serve(["webfsd", "-F", "-p", str(port), "-i", HOST, "-r", str(room.folder / "www"), "-u", "root"], port):
        yield Shot(name="webfs-404", expect=ERROR, by="webfs 1.21, its 404", port=port, path="/none")


def uwsgi(room: Room) -> Iterator[Shot]:
    """Record uWSGI without an application."""
    port = room.port()
    options = ["--plugin", "python3", "--wsgi-file", str(room.folder / "absent.py"), "--disable-logging"]
    with room.serve(["uwsgi", "--http-socket", f"{HOST}:{port}", *options], port):
        yield Shot(name="uwsgi-absent", expect=ERROR, by="uWSGI 2.0, no application", port=port)


def applications(room: Room) -> Iterator[Shot]:
    """Record PHP applications: Adminer's login form, Roundcube and others that lack what they need."""
    for name, index, expect, what in (
        ("adminer", "/adminer.php", "", "its login form"),
        ("roundcube", "/index.php", ERROR, "unconfigured"),
        ("postfixadmin", "/public/login.php", "blank_page", "unconfigured: 500 and no body"),
        ("icingaweb2", "/public/index.php", "blank_page", "its libraries gone: 200 and no body"),
    ):
        www = room.copy(f"/usr/share/{name}", name)
        with served(room, www, ("display_errors=0",)) as port:
            yield Shot(name=name, expect=expect, by=f"Debian's {name}, {what}", port=port, path=index)


def more_python(room: Room) -> Iterator[Shot]:
    """Record Sanic, Litestar, Quart, Dash and BlackSheep."""
    for name, code in PYTHON.items():
        for mode in ("debug", "plain"):
            with script(room, f"{name}-{mode}", code, mode) as port:
                yield Shot(
                    name=f"{name}-{mode}-500", expect=ERROR, by=f"{name}, {mode}, an error", port=port, path="/boom"
                )
                if mode == "plain":
                    expect = "" if name == "dash" else ERROR
                    what = "its page, filled by scripts" if name == "dash" else "its 404"
                    yield Shot(name=f"{name}-other", expect=expect, by=f"{name}, {what}", port=port, path="/none")


def more_node(room: Room) -> Iterator[Shot]:
    """Record Hono, restify, Polka, h3, Nest and two servers of files."""
    room.write("www/files/notes.txt", "notes")
    room.folder.joinpath("node_modules").symlink_to(room.node)
    env = CLEAN | {"NODE_PATH": str(room.node), "NODE_ENV": "production", "HOME": str(room.folder)}
    for name, code in NODE.items():
        port = room.port()
        path = room.write(f"{name}.js", code.replace("PORT", str(port)))
        with room.serve(["node", str(path)], port, env):
            if name not in {"nest", "polka"}:
                yield Shot(name=f"{name}-500", expect=ERROR, by=f"{name}, an error", port=port, path="/boom")
            yield Shot(name=f"{name}-404", expect=ERROR, by=f"{name}, its 404", port=port, path="/none")
    for name, command in FILES.items():
        port = room.port()
        parts = [part.replace("PORT", str(port)) for part in command]
        with room.serve(["node", str(room.node / parts[0]), *parts[1:]], port, env):
            if name == "serve":
                yield Shot(name="serve-404", expect=ERROR, by="npm serve, its 404", port=port, path="/none")
            yield Shot(name=f"{name}-listing", expect="", by=f"npm {name}, a folder", port=port, path="/files/")


MAKERS = (perl, servers, uwsgi, applications, more_python, more_node)
