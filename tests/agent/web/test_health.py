"""Alive is not ready."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette

from agent.web.health import Readiness, routes
from tests.agent.web.asking import ask

READY = Readiness(configuration=True, store=True, scheduler=True, first_check=True)


async def test_ready_when_everything_is() -> None:
    answer = await ask(Starlette(routes=routes(lambda: READY)), "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


@pytest.mark.parametrize("lacking", ["configuration", "store", "scheduler", "first_check"])
async def test_not_ready_names_what_is_lacking_while_the_process_is_alive(lacking: str) -> None:
    app = Starlette(routes=routes(lambda: replace(READY, **{lacking: False})))
    answer = await ask(app, "/readyz")
    assert answer.status_code == 503
    assert [name for name, good in answer.json().items() if good is False] == [lacking]
    assert (await ask(app, "/healthz")).status_code == 200
