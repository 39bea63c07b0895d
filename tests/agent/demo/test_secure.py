"""The demo over https: its certificate is sound, and has the days that a fault leaves it."""

from pathlib import Path

import pytest

from agent.demo.secure import days_left, open_secure_site
from checks.core.model import Job, Key, Observed
from checks.core.run import run
from checks.net import open_net
from checks.tls import CHECK
from checks.tls.options import Options


@pytest.mark.parametrize(
    ("on", "rules"),
    [
        pytest.param((), set(), id="healthy"),
        pytest.param(("slow",), set(), id="a-fault-of-the-pages-leaves-it-alone"),
        pytest.param(("certificate_expiring",), {"tls.cert.expiring"}, id="three-days-left"),
        pytest.param(("certificate_expired",), {"tls.cert.expired"}, id="expired"),
        pytest.param(("nobody_knows",), set(), id="a-file-that-is-no-fault"),
    ],
)
async def test_what_the_check_says_of_it(tmp_path: Path, on: tuple[str, ...], rules: set[str]) -> None:
    server = await open_secure_site("127.0.0.1", 0, lambda: on, tmp_path)
    port = server.sockets[0].getsockname()[1]
    options = Options(ca_file=str(tmp_path / "ca.pem"), http_port=0)
    job = Job(
        key=Key(site="demo", check="tls"),
        id="1",
        kind="tls",
        target=f"https://127.0.0.1:{port}/",
        options=options,
        recheck_wait=0,
        timeout=5,
    )
    async with server, open_net() as net:
        outcome = await run(job, CHECK, net)
    assert isinstance(outcome.answer, Observed)
    assert {finding.rule.id for finding in outcome.answer.findings} == rules


def test_the_worst_fault_counts() -> None:
    assert days_left(("certificate_expiring", "certificate_expired")) == -1.0


async def test_the_authority_stays_from_one_start_to_the_next(tmp_path: Path) -> None:
    before = []
    for _ in range(2):
        server = await open_secure_site("127.0.0.1", 0, tuple, tmp_path)
        server.close()
        before.append((tmp_path / "ca.pem").read_bytes())
    assert before[0] == before[1]
