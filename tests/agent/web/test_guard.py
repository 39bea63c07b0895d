"""No name but ours is answered, nothing is changed without the token, and every answer is fenced in."""

import base64

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent.web.guard import FENCE, Access, Guard
from tests.agent.web.asking import ask

TOKEN = "s3cret-token"


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


def guarded(access: Access) -> Guard:
    paths = ("/", "/healthz", "/readyz")
    return Guard(Starlette(routes=[Route(path, _hello, methods=["GET", "POST", "DELETE"]) for path in paths]), access)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:8787", 200, id="an-address-is-ours"),
        pytest.param("[::1]:8787", 200, id="so-is-an-ipv6-address"),
        pytest.param("192.0.2.7", 200, id="and-any-address-it-was-reached-at"),
        pytest.param("localhost:8787", 200, id="localhost-is-ours"),
        pytest.param("Vigie.Example.org:8787", 200, id="a-configured-name-in-any-case"),
        pytest.param("vigie.example.org.", 200, id="with-its-final-dot"),
        pytest.param("evil.example", 421, id="another-name-was-turned-against-us"),
        pytest.param("127.0.0.1.evil.example", 421, id="a-name-that-begins-like-an-address"),
        pytest.param("", 421, id="no-name-at-all"),
        pytest.param("[::1", 200, id="a-torn-address-is-still-one"),
    ],
)
async def test_which_hosts_it_answers_for(host: str, status: int) -> None:
    app = guarded(Access(hosts=frozenset({"vigie.example.org"})))
    assert (await ask(app, headers={"Host": host})).status_code == status


@pytest.mark.parametrize(
    ("access", "method", "authorization", "status"),
    [
        pytest.param(Access(), "GET", "", 200, id="reading-on-loopback-is-free"),
        pytest.param(Access(), "POST", "", 403, id="without-a-token-nothing-changes"),
        pytest.param(Access(), "POST", "Bearer ", 403, id="nor-with-an-empty-one"),
        pytest.param(Access(token=TOKEN), "POST", "", 401, id="a-token-must-be-given"),
        pytest.param(Access(token=TOKEN), "POST", "Bearer wrong", 401, id="and-be-the-right-one"),
        pytest.param(Access(token=TOKEN), "DELETE", f"Bearer {TOKEN}", 200, id="then-it-passes"),
        pytest.param(Access(token=TOKEN), "POST", basic("anyone", TOKEN), 200, id="also-as-a-browsers-password"),
        pytest.param(Access(token=TOKEN), "POST", basic(TOKEN, ""), 401, id="but-not-as-its-user"),
        pytest.param(Access(token=TOKEN), "POST", "Basic !!!", 401, id="nonsense-is-refused"),
        pytest.param(Access(token=TOKEN), "POST", f"Digest {TOKEN}", 401, id="an-unknown-scheme-too"),
        pytest.param(Access(token=TOKEN), "GET", "", 200, id="reading-stays-free"),
        pytest.param(Access(token=TOKEN, always=True), "GET", "", 401, id="but-not-beyond-loopback"),
        pytest.param(Access(token=TOKEN, always=True), "GET", f"bearer {TOKEN}", 200, id="where-the-token-reads"),
    ],
)
async def test_who_may_read_and_change(access: Access, method: str, authorization: str, status: int) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert (await ask(guarded(access), method=method, headers=headers)).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_supervisors_ask_without_a_token_but_change_nothing(path: str) -> None:
    app = guarded(Access(token=TOKEN, always=True))
    assert (await ask(app, path)).status_code == 200
    assert (await ask(app, path, method="POST")).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Host": "evil.example"}], ids=["an-answer", "a-refusal"])
async def test_everything_is_fenced_in(headers: dict[str, str]) -> None:
    answer = await ask(guarded(Access()), headers=headers)
    assert {name: answer.headers[name] for name, _value in FENCE} == dict(FENCE)
    assert "script" not in answer.headers["Content-Security-Policy"]


async def test_a_missing_token_is_asked_for_in_a_way_browsers_understand() -> None:
    answer = await ask(guarded(Access(token=TOKEN, always=True)))
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="vigie"'
