"""Pages of JavaScript: Express, Koa, hapi, Fastify, Next.js, errorhandler and Youch."""

from collections.abc import Iterator

from tests.lab.pages.room import CLEAN, Room, Shot
from tests.lab.pages.web import HEALTHY

SITES = {
    "express": """
const express = require('express'), app = express();
app.get('/home', (q, s) => s.sendFile(process.cwd() + '/home.html'));
app.get('/boom', () => { throw new Error('No tariff'); });
app.listen(PORT, '127.0.0.1');
""",
    "koa": """
const Koa = require('koa'), app = new Koa(); app.silent = true;
app.use(ctx => { if (ctx.path == '/boom') throw new Error('No tariff'); });
app.listen(PORT, '127.0.0.1');
""",
    "hapi": """
const s = require('@hapi/hapi').server({ port: PORT, host: '127.0.0.1' });
s.route({ method: 'GET', path: '/boom', handler: () => { throw new Error('No tariff'); } }); s.start();
""",
    "fastify": """
const f = require('fastify')(); f.get('/boom', async () => { throw new Error('No tariff'); });
f.listen({ port: PORT, host: '127.0.0.1' });
""",
    "errorhandler": """
const app = require('express')();
app.get('/boom', () => { throw new Error('No tariff'); });
app.use(require('errorhandler')({ log: false })); app.listen(PORT, '127.0.0.1');
""",
    "youch": """
const http = require('http');
import('youch').then(({ Youch }) => http.createServer(async (q, s) => {
  const html = await new Youch().toHTML(new Error('No tariff'), {
    request: { url: q.url, method: 'GET', headers: {} } });
  s.writeHead(500, { 'content-type': 'text/html' }); s.end(html);
}).listen(PORT, '127.0.0.1'));
""",
}
NEXT = {
    "pages/index.js": "export default () => <main><h1>Menuiserie Durand</h1>"
    "<p>Portes, fenêtres et escaliers sur mesure à Lyon depuis 1982.</p></main>;\n",
    "pages/boom.js": "export default () => <p>x</p>;\n"
    "export async function getServerSideProps() { throw new Error('No tariff'); }\n",
    "pages/late.js": """import { useEffect, useState } from 'react';
export default () => { const [t, s] = useState(null); useEffect(() => s('Bonjour'), []); return t && <p>{t}</p>; };
""",
    "package.json": '{"name": "site", "private": true}',
}


def node(room: Room) -> Iterator[Shot]:
    """Record an error and a 404 of each server framework."""
    env = CLEAN | {"NODE_PATH": str(room.node)}
    room.write("home.html", HEALTHY)
    room.folder.joinpath("node_modules").symlink_to(room.node)
    for name, code in SITES.items():
        for mode in ("development", "production") if name == "express" else ("production",):
            port = room.port()
            path = room.write(f"{name}.js", code.replace("PORT", str(port)))
            with room.serve(["node", str(path)], port, env | {"NODE_ENV": mode}):
                label = f"{name}-{mode[:4]}" if name == "express" else name
                yield Shot(
                    name=f"{label}-500", expect="error_page", by=f"{name}, {mode}, an error", port=port, path="/boom"
                )
                if name in {"koa", "hapi", "fastify"} or label == "express-prod":
                    yield Shot(name=f"{name}-404", expect="error_page", by=f"{name}, its 404", port=port, path="/none")


def nextjs(room: Room) -> Iterator[Shot]:
    """Record Next.js built: a page, an error, its 404, and a page that only scripts fill."""
    for path, text in NEXT.items():
        room.write(path, text)
    room.folder.joinpath("node_modules").symlink_to(room.node)
    env = CLEAN | {"NEXT_TELEMETRY_DISABLED": "1", "HOME": str(room.folder), "NODE_ENV": "production"}
    command = ["node", str(room.node / "next/dist/bin/next")]
    room.run([*command, "build", "--webpack"], env)
    port = room.port()
    with room.serve([*command, "start", "-p", str(port), "-H", "127.0.0.1"], port, env):
        yield Shot(name="next-home", expect="", by="Next.js 16, healthy", port=port)
        yield Shot(
            name="next-client-only", expect="", by="Next.js 16, a page filled by scripts", port=port, path="/late"
        )
        yield Shot(
            name="next-500", expect="error_page", by="Next.js 16, an error on the server", port=port, path="/boom"
        )
        yield Shot(name="next-404", expect="error_page", by="Next.js 16, its 404", port=port, path="/none")


MAKERS = (node, nextjs)
