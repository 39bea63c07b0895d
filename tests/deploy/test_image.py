"""The image is really built, over a Debian 13 of our own making, and really run: read-only, without capabilities."""

import json
from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests.deploy.conftest import RUNC, run
from tests.deploy.containers import FENCE, LIMITS, started

pytestmark = pytest.mark.soak


def test_the_image_says_what_it_is_and_runs_as_nobody_special(lean: str) -> None:
    found = json.loads(run("podman", "inspect", lean))[0]
    config = found["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["vigie"]
    assert config["StopSignal"] == "SIGTERM"
    assert list(config["Volumes"]) == ["/var/lib/vigie"]
    assert found["HealthCheck" if "HealthCheck" in found else "Healthcheck"]["Interval"] == 30_000_000_000
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == "Vigie"
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    assert labels["org.opencontainers.image.revision"] == "abc"


def test_from_the_first_outcome_to_a_stop_that_keeps_everything(lean: str) -> None:
    volume = f"vigie-test-{uuid4().hex[:8]}"
    with ExitStack() as stack:
        run("podman", "volume", "create", volume)
        stack.callback(run, "podman", "volume", "rm", "--force", volume)
        with started(lean, volume) as first:
            first.until("", "/readyz")
            run("podman", "healthcheck", "run", first.name)
            first.until('vigie_tickets_open{client="lumiere",site="atelier-lumiere",severity="critical"} 1', "/metrics")
            assert 'result="findings"' in first.get("/metrics")
            (ticket,) = first.tickets()
            assert (ticket["rule"], ticket["site"], ticket["state"]) == ("uptime.down", "atelier-lumiere", "open")
            took, status = first.stop()
            assert status == 0
            assert took < 5.0, "podman's own time counts too"
        with started(lean, volume) as second:
            second.until("", "/readyz")
            (kept,) = second.tickets()
            assert (kept["ref"], kept["opened_at"]) == (ticket["ref"], ticket["opened_at"])
            second.vigie("demo", "heal")
            second.until(
                'vigie_tickets_open{client="lumiere",site="atelier-lumiere",severity="critical"} 0', "/metrics"
            )
            (healed,) = second.tickets()
            assert (healed["ref"], healed["state"]) == (ticket["ref"], "resolved")
            assert second.stop()[1] == 0


def test_nothing_of_the_image_can_be_written_but_its_state(lean: str) -> None:
    volume = f"vigie-test-{uuid4().hex[:8]}"
    with ExitStack() as stack:
        run("podman", "volume", "create", volume)
        stack.callback(run, "podman", "volume", "rm", "--force", volume)
        with started(lean, volume) as one:
            one.until("", "/readyz")
            assert one.python("import os; print(os.getuid())").strip() == "10001"
            code = "import pathlib, sys; pathlib.Path(sys.argv[1], 'x').write_text('')"
            with pytest.raises(AssertionError, match="Read-only file system"):
                one.python(code, "/opt/vigie")
            one.python(code, "/var/lib/vigie")


def test_the_browser_in_the_image_opens_a_page(full: str) -> None:
    code = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as w:\n"
        "    b = w.chromium.launch(executable_path='/usr/bin/chromium-headless-shell', chromium_sandbox=False)\n"
        "    page = b.new_page(); page.goto('data:text/html,<title>ici</title>'); print(page.title())\n"
    )
    fence = (*FENCE, "--shm-size", "256m")
    said = run("podman", *RUNC, "run", "--rm", *fence, *LIMITS, "--entrypoint", "python", full, "-c", code)
    assert said.strip() == "ici"
