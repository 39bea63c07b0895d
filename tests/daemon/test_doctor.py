"""The doctor says what works here and what does not, with the line that mends it."""

import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.daemon import doctor, doctor_net, doctor_place
from agent.daemon.doctor import Verdict
from tests.daemon.running import Place, daemon


async def examined(place: Place, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    status, out, _err = await place.command("doctor", "--format", "json", *words)
    return status, {one["name"]: one for one in json.loads(out)}


async def test_a_machine_that_has_all_it_needs(tmp_path: Path) -> None:
    status, found = await examined(Place.make(tmp_path))
    assert [one for one in found.values() if one["verdict"] == "wrong"] == []
    assert status == 0
    named = {"python", "tls", "uvloop", "descriptors", "ipv4", "ipv6", "configuration", "state", "disk", "port"}
    assert named | {"channels", "browser", "resolver", "references"} == found.keys()
    assert all(one["mend"] for one in found.values() if one["verdict"] == "warning")


async def test_a_port_that_is_taken_and_references_that_are_silent(tmp_path: Path) -> None:
    place = Place.make(tmp_path, references=["http://127.0.0.1:9/"])
    with socket.create_server(("127.0.0.1", place.web)):
        status, found = await examined(place)
    assert status == 1
    assert [name for name, one in found.items() if one["verdict"] == "wrong"] == ["port", "references"]
    assert "127.0.0.1:9" in found["references"]["says"]


async def test_a_daemon_that_runs_is_named(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    async with daemon(place) as running:
        await running.ready()
        status, found = await examined(place, "--offline")
        assert (status, "port" in found) == (0, False)
        assert f"process {running.process.pid} runs" in found["daemon"]["says"]


async def test_text_names_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    place.write(more='[sites.x]\nurl = "nowhere"\n[channels.c]\nurl = "gopher://x"\n')
    status, out, err = await place.command("doctor")
    assert (status, err) == (1, "")
    assert "wrong    configuration" in out
    assert "→ see docs/configuration.md" in out


@pytest.mark.parametrize(
    ("ahead", "verdict", "says"),
    [
        (timedelta(seconds=2), Verdict.OK, "2 s ahead of the references"),
        (timedelta(hours=-1), Verdict.WRONG, "3600 s behind the references"),
    ],
    ids=["a-clock-that-is-right", "a-clock-an-hour-behind"],
)
def test_the_clock(ahead: timedelta, verdict: Verdict, says: str) -> None:
    found = doctor_net._clock(ahead)
    assert (found.verdict, found.says, bool(found.mend)) == (verdict, says, verdict is Verdict.WRONG)


@pytest.mark.parametrize("wanted", [True, False], ids=["with-journeys", "without"])
def test_a_missing_browser_is_grave_only_for_those_who_need_it(wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    (found,) = doctor.examine_browser(wanted=wanted)
    assert found.verdict is (Verdict.WRONG if wanted else Verdict.WARNING)
    assert found.mend == "apt-get install --no-install-recommends chromium-headless-shell"


def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    found = doctor_place._folder(tmp_path / "not" / "yet" / "there")
    assert found.verdict is Verdict.WRONG
    assert "Permission denied" in found.says
