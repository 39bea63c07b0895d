"""Pages of the eighth set that static site generators build: sites of Markdown, and what their own servers say."""

from collections.abc import Iterator, Sequence

from tests.lab.pages.room import CLEAN, HOST, Room, Shot

ERROR = "error_page"
Pages = Sequence[tuple[str, str, str]]
HOME = "# Reiðhjól Jóns\n\nVið gerum við hjól í Reykjavík frá 1994. [Verðskrá](prices.html)\n"
PRICES = (
    "# Prices\n\n| Work | ISK |\n|---|---|\n| Brakes | 4.900 |\n| Tyre | 2.500 |\n\nWe close for stock-taking in May.\n"
)
HUGO = {
    "hugo/hugo.toml": 'baseURL = "/"\ntitle = "Cycles Gagnon"\nlanguageCode = "fr-CA"\n',
    "hugo/content/posts/hiver.md": "---\ntitle: Pneus d'hiver\ndate: 2026-11-02\n---\nVos pneus à clous sont là.\n",
    "hugo/layouts/index.html": "<html><head><title>{{ .Site.Title }}</title></head><body><h1>{{ .Site.Title }}</h1>"
    "{{ range .Site.RegularPages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>{{ end }}</body></html>",
    "hugo/layouts/_default/single.html": "<html><head><title>{{ .Title }}</title></head><body><h1>{{ .Title }}</h1>"
    "{{ .Content }}</body></html>",
}
JEKYLL = {
    "jekyll/_config.yml": "title: Cycles Gagnon\n",
    "jekyll/index.md": "---\ntitle: Accueil\n---\n{% for p in site.posts %}[{{ p.title }}]({{ p.url }}){% endfor %}\n",
    "jekyll/_posts/2026-11-02-tuque.md": "---\ntitle: Les tuques sont de retour\n---\nTricotées à Chicoutimi.\n",
}
SPHINX = {
    "sphinx/index.rst": "Shop manual\n===========\n\n.. toctree::\n\n   orders\n",
    "sphinx/orders.rst": "Orders\n======\n\n.. py:function:: cancel(order)\n\n   Raises :exc:`Gone` after it.\n",
}
PELICAN = {
    "pelican/content/hats.md": "Title: Hats\nDate: 2026-11-02\nCategory: News\n\nWoollen hats are back in the shop.\n",
}
MATERIAL = {
    "material/mkdocs.yml": "site_name: Wool Handbook\ntheme:\n  name: material\n  font: false\n",
    "material/docs/index.md": "# Wool Handbook\n\n!!! warning\n    Never wash above 30 degrees.\n",
    "material/docs/felt.md": "# Felt\n\nFelt shrinks by a third.\n",
}
VITEPRESS = {
    "vitepress/index.md": HOME,
    "vitepress/prices.md": PRICES,
    "vitepress/.vitepress/config.mjs": "export default { title: 'Hjól' }\n",
}
BUILT: dict[str, tuple[dict[str, str], Sequence[str], str, Pages]] = {  # files, command, folder built, pages
    "hugo": (HUGO, ("hugo", "-s", "hugo"), "hugo/public",
        (("home", "", "/"), ("post", "", "/posts/hiver/"), ("feed", "", "/index.xml"))),
    "jekyll": (JEKYLL, ("jekyll", "build", "-s", "jekyll", "-d", "jekyll/out"), "jekyll/out", (("home", "", "/"),)),
    "sphinx": (SPHINX, ("{bins}/sphinx-build", "-q", "-C", "-D", "html_theme=furo", "-D", "project=Shop", "sphinx",
        "sphinx/out"), "sphinx/out", (("furo", "", "/index.html"), ("orders", "", "/orders.html"),
        ("search", "", "/search.html"), ("genindex", "", "/genindex.html"))),
    "pelican": (PELICAN, ("{bins}/pelican", "pelican/content", "-o", "pelican/out"), "pelican/out",
        (("home", "", "/index.html"), ("post", "", "/hats.html"))),
    "material": (MATERIAL, ("{bins}/mkdocs", "build", "-q", "-f", "material/mkdocs.yml"), "material/site",
        (("home", "", "/"), ("felt", "", "/felt/"))),
    "vitepress": (VITEPRESS, ("{node}/vitepress", "build", "vitepress"), "vitepress/.vitepress/dist",
        (("home", "", "/"), ("prices", "", "/prices.html"))),
}  # fmt: skip
SERVERS: dict[str, tuple[dict[str, str], Sequence[str], Pages]] = {
    "jekyll-server": (JEKYLL, ("jekyll", "serve", "-s", "jekyll", "-d", "out", "-H", HOST, "-P", "{port}"),
        (("404", ERROR, "/none"),)),
}  # fmt: skip


def _fill(room: Room, command: Sequence[str], port: int) -> list[str]:
    bins = room.python.rsplit("/", 1)[0]
    return [part.format(bins=bins, node=room.node / ".bin", folder=room.folder, port=port) for part in command]


def _prepare(room: Room, files: dict[str, str]) -> dict[str, str]:
    for path, text in files.items():
        room.write(path, text)
    link = room.folder / "node_modules"
    if not link.exists():
        link.symlink_to(room.node)
    return CLEAN | {"HOME": str(room.folder), "CI": "1", "NODE_ENV": "production"}


def eighth_built(room: Room) -> Iterator[Shot]:
    """Record sites as their generators build them, served by Python's own server."""
    for name, (files, command, folder, pages) in BUILT.items():
        env, port = _prepare(room, files), room.port()
        room.run(_fill(room, command, port), env)
        with room.serve(
            ["python3", "-m", "http.server", str(port), "--bind", HOST, "-d", str(room.folder / folder)], port
        ):
            for page, expect, path in pages:
                yield Shot(name=f"{name}-{page}", expect=expect, by=f"{name}, {page}", port=port, path=path)


def eighth_generators(room: Room) -> Iterator[Shot]:
    """Record the generators' own servers: a page that is not there."""
    for name, (files, command, pages) in SERVERS.items():
        env, port = _prepare(room, files), room.port()
        with room.serve(_fill(room, command, port), port, env):
            for page, expect, path in pages:
                by = f"{name}, {page}"
                yield Shot(name=f"{name}-{page}", expect=expect, by=by, port=port, path=path)


MAKERS = (eighth_built, eighth_generators)
