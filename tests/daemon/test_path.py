"""The whole path: the demo client is down, a ticket opens, it heals, the ticket is restored; a restart goes on."""

import signal
from pathlib import Path

from tests.daemon.running import Place, daemon

LIVE = "SELECT ref, opened_at FROM tickets"


async def test_from_configuration_to_ticket_and_back(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    async with daemon(place) as first:
        await first.ready()
        await first.ticket("open")
        opened = place.rows(LIVE)

        async def shown() -> bool:
            return await first.metric("vigie_tickets_open", site="atelier", severity="critical") == 1

        await first.until(shown, "the ticket in the metrics")
        assert await first.metric("vigie_check_up", site="atelier") == 0
        probed = await first.get("/probe?target=atelier")
        assert probed is not None
        assert "probe_success 0.0\n" in probed.text
        assert await first.metric("vigie_tickets_opened_total", site="atelier") == 1
        assert await first.stop() == 0
    async with daemon(place) as second:
        runs = len(place.rows("SELECT 1 FROM outcomes"))
        await second.until(lambda: len(place.rows("SELECT 1 FROM outcomes")) > runs, "another run")
        assert place.rows(LIVE) == opened
        assert await second.metric("vigie_check_up", site="atelier") == 0
        assert await place.command("demo", "heal") == (0, "healed: down\n", "")
        await second.ticket("resolved")

        async def up() -> bool:
            return await second.metric("vigie_check_up", site="atelier") == 1

        await second.until(up, "up in the metrics")
        assert await second.stop() == 0
    assert [ref for ref, _at in place.rows(LIVE)] == [ref for ref, _at in opened]
    assert "Traceback" not in (tmp_path / "daemon.log").read_text(encoding="utf-8")


async def test_a_second_daemon_on_one_store_is_refused_in_one_line(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    async with daemon(place) as first:
        await first.ready()
        status, out, err = await place.command("run")
        assert (status, out) == (1, "")
        assert err.count("\n") == 1
        assert f"is held by another daemon (process {first.process.pid})" in err


async def test_reload_takes_over_what_is_right_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    async with daemon(place) as running:
        await running.ready()
        place.write(more=f'[sites.second]\nurl = "http://127.0.0.1:{place.demo}/devis"\n')
        assert await place.command("reload") == (0, "checks planned: 2\n", "")

        async def second() -> bool:
            return await running.metric("vigie_check_runs_total", site="second") is not None

        await running.until(second, "the second site in the metrics")
        place.write(more="[sites.second]\nurll = 1\n")
        status, out, err = await place.command("reload")
        assert (status, out) == (3, "")
        assert "sites.second" in err
        assert await running.metric("vigie_config_last_reload_successful") == 0
        assert await running.metric("vigie_agent_problems", rule="agent.config") == 1
        assert await second()
        await running.until(lambda: place.rows("SELECT 1 FROM tickets WHERE rule = 'agent.config'"), "its ticket")
        place.write()
        assert (await place.command("reload"))[0] == 0
        assert not await second()
        assert await running.metric("vigie_config_last_reload_successful") == 1
        resolved = "SELECT 1 FROM tickets WHERE rule = 'agent.config' AND state = 'resolved'"
        await running.until(lambda: place.rows(resolved), "its end")
        assert await running.stop() == 0
    assert await place.command("reload") == (1, "", f"vigie: no daemon runs on {place.state / 'vigie.db'}\n")


async def test_a_reload_asked_for_while_it_starts_waits_until_it_runs(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    lock, log = place.state / "vigie.db.lock", tmp_path / "daemon.log"
    async with daemon(place) as running:
        await running.until(
            lambda: lock.read_text(encoding="utf-8") == str(running.process.pid), "the lock of the store"
        )
        running.process.send_signal(signal.SIGHUP)
        await running.until(lambda: "configuration reloaded" in log.read_text(encoding="utf-8"), "the reload")
        assert await running.stop() == 0
