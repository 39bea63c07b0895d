"""The same requests through stock httpx: one client, one context, no keep-alive, sniffio installed."""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Iterator

import httpx

from benchmarks.probe.origins import WORD, Origin, origins
from benchmarks.probe.ours import CONCURRENCY, PORTS


async def main(scene: str, passes: int) -> None:
    """Print a line for each pass."""
    secure, port = scene in ("ecdsa", "rsa"), PORTS[scene]
    limits = httpx.Limits(max_keepalive_connections=0, max_connections=CONCURRENCY)
    client = httpx.AsyncClient(verify=ssl.create_default_context(), limits=limits, timeout=10, trust_env=False)
    turn: Iterator[Origin] = iter(())
    bad = 0

    async def worker() -> None:
        nonlocal bad
        for origin in turn:
            host = origin.name if scene == "names" else origin.address
            response = await client.get(
                f"{'https' if secure else 'http'}://{host}:{port}/",
                headers={"Host": f"{origin.name}:{port}"},
                extensions={"sni_hostname": origin.name} if secure else {},
            )
            bad += response.status_code != 200 or WORD not in response.text

    async with client:
        for number in range(passes):
            turn = iter(origins())
            before = time.process_time()
            await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
            cpu = (time.process_time() - before) / len(origins())
            print(json.dumps({"pass": number, "ms": cpu * 1000, "bad": bad}), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
