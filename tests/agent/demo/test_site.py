"""The demo site is a credible small shop: its links lead somewhere, its form thanks, its sitemap holds."""

import re

import pytest

from agent.demo.answer import Request
from agent.demo.site import respond

ORIGIN = "http://127.0.0.1:8788"
PAGES = ("/", "/boutique/", "/boutique/lampe-lin", "/boutique/suspension-plume", "/boutique/applique-laiton", "/devis")


def body(path: str, method: str = "GET") -> tuple[int, str]:
    answer = respond(Request(method=method, path=path), ORIGIN)
    return answer.status, answer.body.decode()


@pytest.mark.parametrize("path", [*PAGES, "/contact", "/merci", "/mentions-legales"])
def test_every_link_of_every_page_leads_to_a_page(path: str) -> None:
    status, page = body(path)
    assert status == 200
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', page))
    assert links
    assert {link: body(link)[0] for link in links} == dict.fromkeys(links, 200)


def test_the_form_thanks_on_another_page() -> None:
    answer = respond(Request(method="POST", path="/devis"), ORIGIN)
    assert (answer.status, dict(answer.headers)["Location"]) == (303, "/merci")
    assert "<h1>Merci</h1>" in body("/merci")[1]


def test_the_shop_sells_three_things() -> None:
    page = body("/boutique/")[1]
    assert (page.count('class="art"'), page.count("Ajouter au panier")) == (3, 3)


def test_the_sitemap_names_only_pages_there_are() -> None:
    paths = re.findall(r"<loc>http://127\.0\.0\.1:8788([^<]*)</loc>", body("/sitemap.xml")[1])
    assert set(PAGES) <= set(paths)
    assert {body(path)[0] for path in paths} == {200}
    assert f"{ORIGIN}/sitemap.xml" in body("/robots.txt")[1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/nulle-part", 404, id="an-unknown-page-is-404"),
        pytest.param("GET", "/boutique", 301, id="the-shop-without-its-slash-redirects"),
        pytest.param("POST", "/contact", 405, id="only-the-form-takes-a-post"),
        pytest.param("DELETE", "/", 405, id="nothing-is-deleted"),
    ],
)
def test_what_it_refuses(method: str, path: str, status: int) -> None:
    assert body(path, method)[0] == status
