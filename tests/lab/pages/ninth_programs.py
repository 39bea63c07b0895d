"""Pages of the ninth set from programs of npm and from programs in Go of Debian."""

from collections.abc import Callable, Iterator, Sequence

from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
_EXPRESS = "const express = require('express'), app = express(); const at = '127.0.0.1';\n"
GENERATED = (
    _EXPRESS
    + """
const createError = require('http-errors');
app.set('views', process.cwd() + '/views'); app.set('view engine', 'ENGINE');
app.get('/', (req, res) => res.render('index', { title: 'Express' }));
app.get('/boom', (req, res) => { throw new Error('No tariff'); });
app.get('/view', (req, res) => res.render('broken', { title: 'x' }));
app.get('/gone', (req, res) => res.render('none'));
app.use((req, res, next) => next(createError(404)));
app.use((err, req, res, next) => { if (req.path != '/boom') return next(err); res.locals.message = err.message;
  res.locals.error = req.app.get('env') === 'development' ? err : {}; res.status(err.status || 500);
  res.render('error'); });
app.listen(PORT, at);
"""
)
NODE: dict[str, tuple[str, str, Pages]] = {  # name → code, NODE_ENV, pages
    "pug": (GENERATED.replace("ENGINE", "pug"), "development",
        (("home", "", "/"), ("500", ERROR, "/boom"), ("view", ERROR, "/view"), ("gone", ERROR, "/gone"))),
    "ejs": (GENERATED.replace("ENGINE", "ejs"), "production", (("500", ERROR, "/boom"),)),
    "ejs-development": (GENERATED.replace("ENGINE", "ejs"), "development", (("view", ERROR, "/view"),)),
    "mysql2": (_EXPRESS + """
const pool = require('mysql2/promise').createPool({ host: at, port: DEAD, user: 'u', database: 'shop' });
app.get('/', async (req, res) => { try { res.json((await pool.query('select * from doors'))[0]); }
  catch (e) { res.status(500).send(e.message); } });
app.get('/api', async (req, res) => { try { res.json((await pool.query('select * from doors'))[0]); }
  catch (e) { res.status(500).json({ error: 'Internal server error' }); } });
app.get('/sorry', async (req, res) => { try { res.json((await pool.query('select 1'))[0]); }
  catch (e) { res.status(500).json({ success: false, error: e }); } });
app.listen(PORT, at);
""", "production", (("dead", ERROR, "/"), ("dead-api", ERROR, "/api"), ("dead-object", ERROR, "/sorry"))),
    "sequelize": (_EXPRESS + """
const { Sequelize } = require('sequelize');
const db = new Sequelize('mysql://u:p@127.0.0.1:DEAD/shop', { logging: false });
app.get('/', (req, res, next) => db.query('select 1').then(r => res.json(r), next)); app.listen(PORT, at);
""", "development", (("dead", ERROR, "/"),)),
    "proxied": (_EXPRESS + """
const { createProxyMiddleware } = require('http-proxy-middleware');
app.use('/', createProxyMiddleware({ target: 'http://127.0.0.1:DEAD', logLevel: 'silent' })); app.listen(PORT, at);
""", "production", (("dead", ERROR, "/"),)),
    "koa-onerror": ("""
const Koa = require('koa'), app = new Koa(); app.silent = true; require('koa-onerror').onerror(app);
app.use(ctx => { if (ctx.path == '/boom') throw new Error('No tariff'); ctx.body = 'x'; });
app.listen(PORT, '127.0.0.1');
""", "production", (("500", ERROR, "/boom"),)),
    "under-pressure": ("""
const f = require('fastify')();
f.register(require('@fastify/under-pressure'), { maxHeapUsedBytes: 1, retryAfter: 50,
  message: 'We are under pressure', exposeStatusRoute: true, sampleInterval: 50 });
f.get('/', async () => 'x'); f.listen({ port: PORT, host: '127.0.0.1' });
""", "production", (("503", ERROR, "/"),)),
    "loopback": ("""
const { RestApplication } = require('@loopback/rest');
const app = new RestApplication({ rest: { port: PORT, host: '127.0.0.1' } });
app.restServer.route('get', '/boom', { responses: {} }, () => { throw new Error('No tariff'); }); app.start();
""", "production", (("openapi", "", "/openapi.json"), ("500", ERROR, "/boom"))),
    "nest": ("""
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { Module, Controller, Get, ServiceUnavailableException } = require('@nestjs/common');
class Doors { boom() { throw new Error('No tariff'); } closed() { throw new ServiceUnavailableException(); }
  all() { return [{ id: 1, name: 'oak', status: 'error-free' }]; } }
for (const name of ['boom', 'closed', 'all']) Get(name)(Doors.prototype, name,
  Object.getOwnPropertyDescriptor(Doors.prototype, name));
Controller()(Doors); class App {} Module({ controllers: [Doors] })(App);
NestFactory.create(App, { logger: false }).then(a => a.listen(PORT, '127.0.0.1'));
""", "production", (("all", "", "/all"), ("500", ERROR, "/boom"), ("503", ERROR, "/closed"))),
    "hapi-boom": ("""
const Boom = require('@hapi/boom'), s = require('@hapi/hapi').server({ port: PORT, host: '127.0.0.1' });
s.route({ method: 'GET', path: '/', handler: () => { throw Boom.serverUnavailable('Stock is being counted'); } });
s.route({ method: 'GET', path: '/far', handler: () => { throw Boom.gatewayTimeout(); } }); s.start();
""", "production", (("503", ERROR, "/"), ("504", ERROR, "/far"))),
}  # fmt: skip
COMMANDS: dict[str, tuple[Sequence[str], Pages]] = {  # programs of Debian and npm
    "tiddlywiki": (("{node}/tiddlywiki", "wiki", "--listen", "host=127.0.0.1", "port={port}"),
        (("status", "", "/status"),)),
    "astro": (("{node}/astro", "dev", "--root", "astro", "--host", HOST, "--port", "{port}"),
        (("home", "", "/"), ("500", ERROR, "/boom"), ("404", ERROR, "/none"))),
    "rclone": (("rclone", "serve", "http", "docs", "--addr", "127.0.0.1:{port}", "--config", "r.conf"),
        (("files", "", "/"), ("404", ERROR, "/none"))),
    "webhook": (("webhook", "-ip", HOST, "-port", "{port}", "-hooks", "hooks.json"),
        (("500", ERROR, "/hooks/deploy"),)),
    "pushgateway": (("prometheus-pushgateway", "--web.listen-address=127.0.0.1:{port}"),
        (("home", "", "/"),)),
    "node-exporter": (("prometheus-node-exporter", "--web.listen-address=127.0.0.1:{port}"), (("home", "", "/"),)),
    "blackbox": (("prometheus-blackbox-exporter", "--web.listen-address=127.0.0.1:{port}", "--config.file=b.yml"),
        (("home", "", "/"),)),
    "etcd": (("etcd", "--data-dir", "e", "--listen-client-urls", "http://127.0.0.1:{port}", "--advertise-client-urls",
        "http://127.0.0.1:{port}", "--listen-peer-urls", "http://127.0.0.1:{dead}", "--initial-cluster",
        "default=http://127.0.0.1:{dead}", "--initial-advertise-peer-urls", "http://127.0.0.1:{dead}"),
        (("health", "", "/health"), ("version", "", "/version"))),
}  # fmt: skip
FILES = {
    "views/index.pug": "html\n  head\n    title= title\n  body\n    h1= title\n    p Welcome to #{title}\n",
    "views/error.pug": "html\n  body\n    h1= message\n    h2= error.status\n    pre #{error.stack}\n",
    "views/broken.pug": "html\n  body\n    h1= price.euros.cents\n",
    "views/index.ejs": "<html><head><title><%= title %></title></head><body><h1><%= title %></h1><p>Welcome to"
    " <%= title %></p></body></html>",
    "views/error.ejs": "<h1><%= message %></h1>\n<h2><%= error.status %></h2>\n<pre><%= error.stack %></pre>\n",
    "views/broken.ejs": "<h1>\n<%= price.euros %>\n</h1>",
    "docs/index.html": HEALTHY, "docs/README.md": "# Durand\n", "b.yml": "modules: {}\n", "r.conf": "",
    "hooks.json": '[{"id": "deploy", "execute-command": "/bin/false", "include-command-output-in-response": true}]',
    "wiki/tiddlywiki.info": '{"plugins": ["tiddlywiki/tiddlyweb", "tiddlywiki/filesystem"], "themes":'
    ' ["tiddlywiki/vanilla", "tiddlywiki/snowwhite"]}',
    "astro/src/pages/index.astro": "<html><head><title>Durand</title></head><body><h1>Durand</h1>Portes</body></html>",
    "astro/src/pages/boom.astro": "---\nconst price = undefined;\n---\n<p>{price.euros}</p>",
    "astro/package.json": '{"type": "module"}',
}  # fmt: skip


def _node(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program of npm."""
        code, mode, pages = NODE[name]
        room.folder.joinpath("node_modules").symlink_to(room.node)
        for path, text in FILES.items():
            room.write(path, text)
        port = room.port()
        room.write(f"{name}.js", code.replace("PORT", str(port)).replace("DEAD", str(room.port())))
        env = CLEAN | {"NODE_PATH": str(room.node), "NODE_ENV": mode}
        with room.serve(["node", f"{name}.js"], port, env):
            for page, expect, path in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name} of npm, {page}", port=port, path=path)

    maker.__name__ = f"ninth_{name}"
    return maker


def _command(name: str) -> Callable[[Room], Iterator[Shot]]:
    def maker(room: Room) -> Iterator[Shot]:
        """Record one program of Debian or npm."""
        command, pages = COMMANDS[name]
        room.folder.joinpath("node_modules").symlink_to(room.node)
        for path, text in FILES.items():
            room.write(path, text)
        port, dead = room.port(), room.port()
        env = CLEAN | {"HOME": str(room.folder), "CI": "1", "ASTRO_TELEMETRY_DISABLED": "1"}
        full = [part.format(port=port, dead=dead, node=room.node / ".bin") for part in command]
        with room.serve(full, port, env):
            for page, expect, path in pages:
                by, local = f"{name}, {page}", (("Host", f"localhost:{port}"),) if name == "astro" else ()
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path, headers=local)

    maker.__name__ = f"ninth_{name}"
    return maker


MAKERS = (*(_node(name) for name in NODE), *(_command(name) for name in COMMANDS))
