"""A certificate that nobody renews: one ticket from warning to outage, and one incident for whoever is on call."""

import json
from pathlib import Path

from tests.daemon.running import Place, daemon

TICKETS = "SELECT rule, severity, state, parent FROM tickets WHERE site = 'secure' ORDER BY ref"
CERTIFICATE = "SELECT ref, rule, severity, parent FROM tickets WHERE family = 'tls.cert.validity'"
LIVE = "SELECT 1 FROM tickets WHERE site = 'secure' AND state != 'resolved'"


def watching(place: Place) -> str:
    """A site of https that two checks look at every second, and a file that tells what people are told."""
    return f"""
[sites.secure]
url = "https://127.0.0.1:{place.https}/"
[sites.secure.checks.uptime]
every = "1s"
ca_file = "var/demo/ca.pem"
[sites.secure.checks.tls]
every = "1s"
ca_file = "var/demo/ca.pem"
http_port = 0
[channels.told]
url = "file://told.jsonl"
"""


def told(folder: Path) -> list[tuple[str, object]]:
    """What people were told so far: the event and its ticket."""
    file = folder / "told.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [(line["event"], line["ticket"]) for line in map(json.loads, lines)]


async def test_a_certificate_that_nobody_renews_is_one_ticket_and_then_one_incident(tmp_path: Path) -> None:
    place = Place.make(tmp_path, first="certificate_expiring")
    place.write(more=watching(place))
    async with daemon(place) as running:
        await running.ready()
        await running.until(lambda: place.rows(CERTIFICATE), "the warning")
        ((ref, rule, severity, parent),) = place.rows(CERTIFICATE)
        assert (rule, severity, parent) == ("tls.cert.expiring", "major", None)
        await running.until(lambda: ("opened", ref) in told(tmp_path), "the warning is told")
        assert (await place.command("demo", "break", "certificate_expired"))[0] == 0
        await running.until(lambda: len(place.rows(TICKETS)) == 2, "the outage")
        await running.until(lambda: place.rows(f"{CERTIFICATE} AND parent IS NOT NULL"), "who explains whom")
        ((same, rule, severity, parent),) = place.rows(CERTIFICATE)
        assert (same, rule, severity) == (ref, "tls.cert.expired", "critical")
        (outage,) = place.rows("SELECT ref, rule, state FROM tickets WHERE family = 'uptime.available'")
        assert outage == (parent, "uptime.down", "open")
        assert (await place.command("demo", "heal"))[0] == 0
        await running.until(lambda: not place.rows(LIVE), "both restored")
        assert await running.stop() == 0
    assert told(tmp_path).count(("opened", ref)) == 1
    assert told(tmp_path).count(("opened", parent)) == 1
    assert "Traceback" not in (tmp_path / "daemon.log").read_text(encoding="utf-8")
