"""`vigie config`: check, show, schema."""

import json
import tomllib
from pathlib import Path

import pytest

from agent.cli import main


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "vigie.toml"
    path.write_text(
        '[web]\ntoken = "${VIGIE_TEST_TOKEN}"\n[sites.a]\nurl = "http://a.example/"\n'
        '[sites.a.checks.uptime]\nevery = "5s"\n[sites.a.checks.off]\nkind = "uptime"\nenabled = false\n',
        encoding="utf-8",
    )
    return path


def test_a_good_one_is_counted_and_warned_of(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIGIE_TEST_TOKEN", "x")
    assert main(["config", "check", "--config", str(config)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{config}: good; 1 site, 1 check\n"
    assert err.endswith("what goes wrong with the agent itself is only logged (warning)\n")


def test_every_error_is_a_line_on_stderr(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text(encoding="utf-8") + 'evry = "5s"\n', encoding="utf-8")
    assert main(["config", "check", "--config", str(config)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{config}:2: web.token: environment variable VIGIE_TEST_TOKEN is not set",
        f"{config}:10: sites.a.checks.off.evry: unknown key; did you mean 'every'?",
    ]


def test_what_is_shown_is_what_is_in_effect(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--config", str(config)]) == 0
    out, err = capsys.readouterr()
    shown = tomllib.loads(out)
    assert err == ""
    assert shown["web"]["token"] == "${VIGIE_TEST_TOKEN}"
    checks = shown["sites"]["a"]["checks"]
    assert [checks["uptime"][key] for key in ("every", "recheck_every", "blind_after", "timeout")] == [
        "5s",
        "5s",
        "1h",
        "10s",
    ]
    assert (checks["off"]["enabled"], checks["off"]["timeout"]) == (False, "0s")


def test_show_refuses_a_bad_one_in_the_same_words(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("[agent]\nnme = 1\n", encoding="utf-8")
    assert main(["config", "show", "--config", str(config)]) == 3
    assert capsys.readouterr().err == f"vigie: {config}:2: agent.nme: unknown key; did you mean 'name'?\n"


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    assert "uptime" in json.loads(capsys.readouterr().out)["$defs"]
