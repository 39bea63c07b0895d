"""What is shown reads back as the same, and shows no secret."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agent.config import files, owners
from agent.config.compose import compose
from agent.config.loaded import Settings
from agent.config.problems import ConfigErrors
from agent.config.section import Section, Shape
from agent.config.show import show
from tests.agent.config.conftest import WORDS, read

Load = Callable[..., Settings]

SECTIONS = owners.surroundings({}).sections

FULL = """
[agent]
name = "${NAME}"
reference_targets = ["https://x:pass@r.example/"]
headers = { "X Odd" = "${TOKEN}", Plain = "hunter2", File = { file = "token" }, Mixed = "a${TOKEN}" }
[agent.defaults.smoke]
browser = "b"
[web]
token = "${TOKEN}"
hosts = ["a.example"]
[calendars.c]
holidays = "FR"
hours = { mon-fri = ["09:00-12:30"] }
[clients.k]
name = 'quote " backslash \\ tab\tend'
[contracts.k]
client = "k"
kind = "ticket"
lots = [{ bought = 2026-01-15, uo = 40 }]
[contracts.k.sla.bloquante]
gti = "90m"
gtr = "1d 4h"
calendar = "c"
[sites.a]
url = "https://user:secret@a.example/"
contract = "k"
[sites.a.rules."uptime.slow"]
severity = "info"
[sites.a.checks.uptime]
slow_after = "1.5s"
status = [200, "300-399"]
contains = "a $${plain} $ sign"
allow_private = ["10.0.0.0/8"]
resolve = { "a.example" = ["192.0.2.1", "::1"] }
timeout = "250ms"
blind_after = "2h"
[sites.a.checks.smoke]
first = { goto = "/", with = "\\u0007\\nline" }
[sites.a.checks.smoke.journeys.order]
steps = [{ goto = "/" }]
[sites.a.checks.tls]
allow_private = true
[channels.x]
url = "file:///tmp/x"
"""


def written(settings: Settings, folder: Path) -> Settings:
    """The settings that their own text reads as."""
    path = folder / "shown.toml"
    path.write_text(show(settings, SECTIONS), encoding="utf-8")
    return read(path)


def test_what_is_shown_reads_as_the_same_where_nothing_is_hidden(load: Load, tmp_path: Path) -> None:
    text = FULL.replace("${TOKEN}", "").replace("${NAME}", "n").replace("hunter2", "").replace('"a"', '""')
    text = text.replace("x:pass@", "").replace("user:secret@", "").replace(', File = { file = "token" }', "")
    text = text.replace('url = "file:///tmp/x"', 'url = { file = "address" }').replace("headers = {", "#")
    text = text.replace('token = ""', "")
    (tmp_path / "address").write_text("file:///tmp/x", encoding="utf-8")
    settings = load(text)
    assert written(settings, tmp_path).sections == settings.sections


def test_no_secret_is_shown(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file", encoding="utf-8")
    text = show(load(FULL, NAME="agent-name", TOKEN="from-the-environment"), SECTIONS)
    shown = tomllib.loads(text)
    for value in ("hunter2", "pass@", "secret@", "agent-name", "from-the-environment", "from-a-file"):
        assert value not in text
    assert shown["agent"]["name"] == "${NAME}"
    assert shown["agent"]["reference_targets"] == ["https://x:***@r.example/"]
    assert shown["web"]["token"] == "${TOKEN}"
    assert shown["channels"]["x"]["url"] == "***"
    assert shown["sites"]["a"]["checks"]["uptime"]["headers"] == {
        "X Odd": "${TOKEN}",
        "Plain": "***",
        "File": {"file": str(tmp_path / "token")},
        "Mixed": "***",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """A section that is a list of tables."""

    purl: str
    until: str = ""


LIST = Section(path="ignore", type=Ignore, shape=Shape.LIST)


def read_lists(*paths: Path) -> Settings:
    around = owners.surroundings({})
    documents = tuple(document for path in paths for document in files.read(path))
    return compose(paths[0], documents, replace(around, sections=(*around.sections, LIST), vocabulary=WORDS))


def test_a_section_that_is_a_list_may_stand_in_several_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(f'[[ignore]]\npurl = "pkg:{name}"\n', encoding="utf-8")
    settings = read_lists(tmp_path / "a.toml", tmp_path / "b.toml")
    assert settings.all(Ignore) == (Ignore(purl="pkg:a"), Ignore(purl="pkg:b"))
    assert tomllib.loads(show(settings, (LIST,))) == {
        "ignore": [{"purl": "pkg:a", "until": ""}, {"purl": "pkg:b", "until": ""}]
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[ignore]\npurl = "x"\n', ":1: ignore: must be a list of tables: [[ignore]]"),
        ('[[ignore]]\npurl = "x"\n[[ignore]]\nprul = "x"\n', ":4: ignore[1].prul: unknown key; did you mean 'purl'?"),
    ],
)
def test_a_list_that_is_wrong_says_so(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigErrors) as caught:
        read_lists(tmp_path / "a.toml")
    assert f"{tmp_path / 'a.toml'}{message}" in str(caught.value).splitlines()
