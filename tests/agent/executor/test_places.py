"""Places are few in all and fewer for one host, and who waits for a busy host keeps nobody else waiting."""

import asyncio

from agent.executor.places import Places


async def hold(places: Places, host: str, log: list[str], name: str, gate: asyncio.Event) -> None:
    async with places.take(host):
        log.append(name)
        await gate.wait()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_busy_host_does_not_block_the_others() -> None:
    places, log, gate = Places(total=3, per_host=1), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for name, host in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")):
            group.create_task(hold(places, host, log, name, gate))
        await turns()
        assert (log, places.running, places.waiting) == (["a1", "b1"], 2, 2)
        gate.set()
    assert log == ["a1", "b1", "a2", "a3"]
    assert (places.running, places.waiting, places._hosts) == (0, 0, {})


async def test_all_hosts_together_have_so_many_places() -> None:
    places, log, gate = Places(total=2, per_host=9), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for host in "abc":
            group.create_task(hold(places, host, log, host, gate))
        await turns()
        assert (log, places.running, places.waiting) == (["a", "b"], 2, 1)
        gate.set()


async def test_one_who_gives_up_waiting_leaves_no_trace() -> None:
    places, log, gate = Places(total=1, per_host=1), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(hold(places, "a", log, "first", gate))
        await turns()
        second = group.create_task(hold(places, "a", log, "second", gate))
        await turns()
        second.cancel()
        await turns()
        assert (places.running, places.waiting) == (1, 0)
        gate.set()
    assert (log, places._hosts) == (["first"], {})
