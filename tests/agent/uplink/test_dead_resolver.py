"""With a resolver that is dead, real runs fail for every name and blame nobody."""

import socket

import pytest

import agent.uplink.references
from agent.uplink import Uplink
from agent.uplink.references import Asker, Reference
from checks.core import ulid
from checks.core.model import Job, Key, Observed, Unobserved
from checks.core.registry import find
from checks.core.run import run
from checks.net import open_net


async def test_a_dead_resolver_blames_no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.uplink.references, "PATIENCE", 1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:  # takes questions and answers none
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        check = find("uptime")
        options = check.options(timeout=1.0)
        async with open_net(nameservers=(f"127.0.0.1:{port}",)) as net:
            uplink = Uplink(Asker(net), (), lambda _families: None)
            key = Key(site="shop", check="uptime")
            job = Job(
                key=key,
                id=ulid.new(),
                kind="uptime",
                target="http://shop.test/",
                options=options,
                timeout=1,
                recheck_wait=0,
            )
            outcome = await run(job, check, net)
            assert isinstance(outcome.answer, Observed), outcome.answer
            assert [finding.fact("reason") for finding in outcome.answer.findings] == ["dns_timeout"]
            believed = await uplink.believe(outcome, Reference(url=job.target, options=options))
    assert isinstance(believed.answer, Unobserved)
    assert (believed.answer.cause, uplink.online) == ("offline", False)
