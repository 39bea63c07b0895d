"""`/probe` looks at what is configured, and at nothing else."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from agent.plan import Planned
from agent.web.probe import find, routes
from checks.core.model import Answer, Measure, Observed, Outcome, Unobserved
from tests.agent.kit import T0
from tests.agent.web.asking import ask
from tests.agent.web.conftest import planned

SHOP = planned("shop")
CART = replace(SHOP, key=replace(SHOP.key, check="cart"), target="https://shop.example/cart")
SEEN = Observed(
    measures=(
        Measure(name="probe_success", value=1),
        Measure(name="probe_http_duration_seconds", value=0.5, labels=(("phase", "tls"),)),
        Measure(name="probe_http_duration_seconds", value=0.25, labels=(("phase", "connect"),)),
        Measure(name="tls_chain_length", value=3),
    )
)


def app(answer: Answer | None, asked: list[Planned] | None = None) -> Starlette:
    async def look(one: Planned) -> Outcome | None:
        if asked is not None:
            asked.append(one)
        if answer is None:
            return None
        return Outcome(id="1", key=one.key, started=T0, seconds=1.0, only=frozenset(), answer=answer)

    return Starlette(routes=routes(lambda: [SHOP, CART], look))


async def test_it_gives_what_the_check_measured_in_blackbox_format() -> None:
    answer = await ask(app(SEEN), "/probe?target=shop&module=uptime")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found = {s.name: s.value for f in text_string_to_metric_families(answer.text) for s in f.samples if not s.labels}
    assert found == {"probe_success": 1, "vigie_tls_chain_length": 3}
    assert 'probe_http_duration_seconds{phase="tls"} 0.5' in answer.text
    assert answer.text.count("# TYPE probe_http_duration_seconds") == 1


@pytest.mark.parametrize(
    ("target", "module", "found"),
    [
        pytest.param("shop", "uptime", SHOP, id="a-site-and-its-check"),
        pytest.param("https://shop.example/", "uptime", SHOP, id="its-address"),
        pytest.param("https://shop.example", "uptime", SHOP, id="its-address-without-the-slash"),
        pytest.param("shop", "cart", CART, id="a-check-by-its-name"),
        pytest.param("https://shop.example/cart", "uptime", CART, id="an-address-and-a-kind"),
        pytest.param("https://elsewhere.example/", "uptime", None, id="nothing-that-is-not-configured"),
        pytest.param("shop", "tls", None, id="no-check-that-is-not-configured"),
        pytest.param("", "uptime", None, id="nothing"),
    ],
)
def test_what_is_looked_at(target: str, module: str, found: Planned | None) -> None:
    assert find([SHOP, CART], target, module) is found


async def test_the_module_is_uptime_when_left_out() -> None:
    asked: list[Planned] = []
    await ask(app(SEEN, asked), "/probe?target=shop")
    assert asked == [SHOP]


@pytest.mark.parametrize(
    ("answer", "path", "status", "says"),
    [
        pytest.param(SEEN, "/probe?target=http://evil/", 404, "is configured", id="an-unknown-target-is-not-asked"),
        pytest.param(None, "/probe?target=shop", 429, "already", id="one-look-at-a-time"),
        pytest.param(
            Unobserved(cause="offline", detail=""),
            "/probe?target=shop",
            503,
            "offline",
            id="could-not-look-is-not-down",
        ),
    ],
)
async def test_what_is_no_answer_of_the_site(answer: Answer | None, path: str, status: int, says: str) -> None:
    found = await ask(app(answer), path)
    assert (found.status_code, says in found.text) == (status, True)
    assert "probe_success" not in found.text
