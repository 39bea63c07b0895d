"""The configuration that ships is good, as it stands and with every mark taken off."""

import re
from pathlib import Path

import pytest

from agent.config import load
from agent.config.owners import surroundings
from agent.demo import faults
from agent.demo.settings import Demo
from agent.plan import plan
from agent.settings import Agent, Site

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "config.toml"
MARK = re.compile(r"^#: ", re.MULTILINE)
ENVIRON = {"VIGIE_TOKEN": "t", "VIGIE_ONCALL_URL": "file:///var/log/oncall.jsonl"}


def blocks() -> list[str]:
    """The marked parts of the file, each a run of marked lines."""
    return [match[0] for match in re.finditer(r"(?:^#: .*\n)+", SHIPPED.read_text(encoding="utf-8"), re.MULTILINE)]


def test_it_watches_the_demo_every_few_seconds_with_one_fault_on() -> None:
    settings = load(SHIPPED, environ={})
    assert settings.warnings == ()
    assert settings[Agent].state_dir == ROOT / "var"
    demo = settings[Demo]
    assert (demo.enabled, demo.faults) == (True, ("down",))
    assert all(faults.find(name) for name in demo.faults)
    secure, one = sorted(plan(settings).planned, key=lambda planned: planned.kind)
    assert (one.kind, one.client) == ("uptime", "lumiere")
    assert one.target == f"http://{demo.listen.written()}/"
    assert (secure.kind, secure.target) == ("tls", f"https://{demo.listen.host}:{demo.https_port}/")
    assert secure.options.ca_file == str(ROOT / "var" / "demo" / "ca.pem")
    assert one.every.total_seconds() <= 5


def test_every_mark_taken_off_it_is_good(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MARK.sub("", SHIPPED.read_text(encoding="utf-8")), encoding="utf-8")
    settings = load(path, environ=ENVIRON)
    assert settings.warnings == ()
    assert {site.id for site in settings.all(Site)} == {"atelier-lumiere", "acme-shop"}


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.splitlines()[0][3:].partition(" ")[0])
def test_each_marked_part_can_be_taken_with_all_before_it(tmp_path: Path, block: str) -> None:
    before, here, after = SHIPPED.read_text(encoding="utf-8").partition(block)
    path = tmp_path / "config.toml"
    path.write_text(MARK.sub("", before + here) + after, encoding="utf-8")
    load(path, environ=ENVIRON)


def test_every_section_is_shown() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:#: )?\[+([\w.]+)", text, re.MULTILINE)) | set(re.findall(r"\[(rules)\.", text))
    for section in surroundings({}).sections:
        assert any(name == section.path or name.startswith(f"{section.path}.") for name in shown), section.path
