"""The log shows no secret, and tells what is odd in the configuration."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config import load
from agent.config.loaded import Settings
from agent.daemon.journal import Journal, open_journal

ENVIRON = {"PLACE": "/srv/hidden-place", "PASSWORD": "hunter2-hunter2", "TOKEN": "t0k3n-of-the-api"}


def settings(folder: Path, more: str = "") -> Settings:
    (folder / "key").write_text("key-in-a-file\n", encoding="utf-8")
    config = folder / "config.toml"
    config.write_text(
        """
[agent]
user_agent = "watch ${TOKEN}"
[web]
token = { file = "key" }
[sites.a]
url = "http://agnes:${PASSWORD}@a.example/"
[channels.x]
url = "file://${PLACE}/t.jsonl"
secret = "whsec_written-out"
"""
        + more,
        encoding="utf-8",
    )
    return load(config, environ=ENVIRON)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Take back what a test adds to the log of this process."""
    root = logging.getLogger()
    level = root.level
    yield
    for handler in [one for one in root.handlers if isinstance(one.formatter, Journal)]:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("secret", [*ENVIRON.values(), "key-in-a-file", "whsec_written-out"])
def test_no_line_shows_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: str) -> None:
    open_journal(settings(tmp_path))
    logging.getLogger("vigie.notify").error("not delivered: %s/t.jsonl", secret)
    try:
        Path(tmp_path, secret.replace("/", "-"), "nothing").read_text(encoding="utf-8")
    except OSError:
        logging.getLogger("vigie").exception("a bug, with %s", secret)
    said = capsys.readouterr().err
    assert "not delivered: " in said
    assert "Traceback" in said
    assert secret not in said


def test_another_configuration_hides_what_is_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = open_journal(settings(tmp_path))
    logging.getLogger("vigie").info("of the second: much-newer-secret")
    journal.take(settings(tmp_path, '[channels.y]\nurl = "file:///x"\nsecret = "much-newer-secret"\n'))
    logging.getLogger("vigie").info("of the second: much-newer-secret")
    shown = [line for line in capsys.readouterr().err.splitlines() if "of the second" in line]
    assert [line.rpartition(" ")[2] for line in shown] == ["much-newer-secret", "***"]


def test_what_is_odd_in_the_configuration_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = settings(tmp_path)
    open_journal(taken).warn(taken)
    (line,) = capsys.readouterr().err.splitlines()
    assert "WARNING vigie.config" in line
    assert "no channel has 'agent = true'" in line
