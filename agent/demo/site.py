"""The healthy site: which page stands at which address."""

from functools import cache
from importlib.resources import files

from agent.demo.answer import Answer, Request, html

_PAGES = {
    "/": ("accueil", "Luminaires faits à la main"),
    "/boutique/": ("boutique", "La boutique"),
    "/boutique/lampe-lin": ("lampe-lin", "Lampe de chevet « Lin »"),
    "/boutique/suspension-plume": ("suspension-plume", "Suspension « Plume »"),
    "/boutique/applique-laiton": ("applique-laiton", "Applique « Laiton »"),
    "/devis": ("devis", "Devis sur mesure"),
    "/merci": ("merci", "Merci"),
    "/contact": ("contact", "Contact"),
    "/mentions-legales": ("mentions-legales", "Mentions légales"),
}
_STATIC = {
    "/static/atelier.css": ("atelier.css", "text/css; charset=utf-8"),
    "/static/lampe.svg": ("lampe.svg", "image/svg+xml"),
    "/favicon.ico": ("lampe.svg", "image/svg+xml"),
}


def respond(request: Request, origin: str) -> Answer:
    """Answer as the healthy site does; `origin` (scheme, host, port) is what absolute links begin with."""
    if request.method == "POST":
        return Answer(status=303, headers=(("Location", "/merci"),)) if request.path == "/devis" else _refused()
    if request.method not in {"GET", "HEAD"}:
        return _refused()
    if request.path in _PAGES:
        name, title = _PAGES[request.path]
        return html(_page(name, title))
    if request.path in _STATIC:
        name, media = _STATIC[request.path]
        return Answer(headers=(("Content-Type", media),), body=_read(name).encode())
    match request.path:
        case "/boutique":
            return Answer(status=301, headers=(("Location", "/boutique/"),))
        case "/robots.txt":
            return _plain(f"User-agent: *\nAllow: /\nSitemap: {origin}/sitemap.xml\n", "text/plain; charset=utf-8")
        case "/sitemap.xml":
            return _plain(_sitemap(origin), "application/xml")
        case _:
            return not_found()


def not_found() -> Answer:
    """Answer the site's own 404 page."""
    return html(_page("404", "Page introuvable"), status=404)


def _refused() -> Answer:
    return Answer(status=405, headers=(("Allow", "GET, HEAD, POST"),))


def _plain(text: str, media: str) -> Answer:
    return Answer(headers=(("Content-Type", media),), body=text.encode())


def _sitemap(origin: str) -> str:
    entries = "".join(f"<url><loc>{origin}{path}</loc></url>" for path in _PAGES if path != "/merci")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>\n'


@cache
def _page(name: str, title: str) -> str:
    return _read("layout.html").replace("{{title}}", title).replace("{{content}}", _read(f"{name}.html"))


@cache
def _read(name: str) -> str:
    return (files("agent.demo") / "pages" / name).read_text(encoding="utf-8")
