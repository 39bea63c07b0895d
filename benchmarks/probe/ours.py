"""Runs real uptime jobs through `run()`, with their judge, and prints the CPU of each pass as one JSON line."""

import asyncio
import json
import resource
import sys
import time
from dataclasses import replace

from agent.daemon.pauses import set_aside, shorten
from benchmarks.probe.origins import ECDSA, PLAIN, RSA, WORD, origins
from checks.core import ulid
from checks.core.model import Job, Key, Observed
from checks.core.run import run
from checks.net import Net, open_net
from checks.parse.redact import redact
from checks.uptime.check import CHECK
from checks.uptime.options import Options

CONCURRENCY = 20
PORTS = {"plain": PLAIN, "ecdsa": ECDSA, "rsa": RSA, "names": PLAIN}


def jobs(scene: str) -> list[Job]:
    """Return one job for each origin."""
    found, port = [], PORTS[scene]
    for origin in origins():
        secure = scene in ("ecdsa", "rsa")
        host = origin.address if scene == "plain" else origin.name
        resolve = ((origin.name, (origin.address,)),) if secure else ()
        found.append(
            Job(
                key=Key(site=origin.name, check="uptime"),
                id=ulid.new(),
                kind="uptime",
                target=f"{'https' if secure else 'http'}://{host}:{port}/",
                options=Options(contains=(WORD,), resolve=resolve, allow_private=scene == "names"),
                timeout=10.0,
            )
        )
    return found


async def one_pass(all_jobs: list[Job], net: Net) -> tuple[float, int]:
    """Run every job once, leaving each its memory as a daemon does; return CPU seconds for each, and failures."""
    turn, bad = iter(enumerate(all_jobs)), 0

    async def worker() -> None:
        nonlocal bad
        for number, job in turn:
            outcome = await run(job, CHECK, net, redact=redact)
            if not isinstance(outcome.answer, Observed) or outcome.answer.findings:
                bad += 1
            elif outcome.answer.memory is not None:
                all_jobs[number] = replace(job, memory=outcome.answer.memory)

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return (time.process_time() - before) / len(all_jobs), bad


async def main(scene: str, passes: int) -> None:
    """Print a line for each pass; in the first, chains and names are new, while memories come from earlier runs."""
    all_jobs = jobs(scene)
    shorten()  # as the daemon does
    async with open_net() as net:
        for _ in range(2):  # a new site: the second run takes the memory of its page
            await one_pass(all_jobs, net)
    async with open_net() as net:  # as after a restart of the daemon
        if scene in ("ecdsa", "rsa"):
            net.engine.trusts.of("")  # read once in the life of a daemon
        set_aside()
        for number in range(passes):
            cpu, bad = await one_pass(all_jobs, net)
            rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(json.dumps({"pass": number, "ms": cpu * 1000, "bad": bad, "rss_kib": rss}), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
