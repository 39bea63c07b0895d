"""The alert rules do what their tests say, by Prometheus' own tools, and each leads to its runbook."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import needs

FOLDER = Path(__file__).resolve().parents[2] / "dashboards" / "prometheus"
RUNBOOKS = FOLDER.parents[1] / "docs" / "runbooks"
RULES = (FOLDER / "rules.yml").read_text(encoding="utf-8")
ALERTS = re.findall(r"^ +- alert: (\w+)$", RULES, re.MULTILINE)


def promtool(*words: str) -> str:
    tool = needs.program("promtool", apt="prometheus")
    done = subprocess.run([tool, *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("check", "config", "scrape.yml"), id="the-configuration-with-its-rules"),
        pytest.param(("check", "rules", "rules.yml"), id="the-rules"),
        pytest.param(("test", "rules", "tests.yml"), id="the-tests-of-the-rules"),
        pytest.param(
            ("check", "config", "--syntax-only", "../provisioning/prometheus.yml"),
            id="the-configuration-for-containers",
        ),
    ],
)
def test_promtool_accepts(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert "SUCCESS" in promtool(*words)


def test_a_test_that_expects_something_else_fails(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES.replace("> 900", "> 90000"), encoding="utf-8")
    text = (FOLDER / "tests.yml").read_text(encoding="utf-8")
    (tmp_path / "tests.yml").write_text(text, encoding="utf-8")
    tool = needs.program("promtool", apt="prometheus")
    done = subprocess.run(
        [tool, "test", "rules", "tests.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "VigieOutboxStuck" in done.stdout + done.stderr


def test_every_alert_has_a_test_that_fires_it() -> None:
    text = (FOLDER / "tests.yml").read_text(encoding="utf-8")
    fired = re.findall(r"alertname: (\w+)\n +exp_alerts:", text)
    assert {*fired} == {*ALERTS}


def test_every_alert_leads_to_a_runbook_of_its_own_that_names_it() -> None:
    pages = re.findall(r'runbook_url: "\{\{ \$externalURL \}\}/user/runbooks/([\w-]+\.md)"', RULES)
    assert len({*pages}) == len(pages) == len(ALERTS)
    for alert, page in zip(ALERTS, pages, strict=True):
        assert f"`{alert}`" in (RUNBOOKS / page).read_text(encoding="utf-8")
    written = {path.name for path in RUNBOOKS.glob("*.md")} - {"index.md"}
    assert written == {*pages}


def test_what_the_rules_ask_for_is_what_the_dashboards_know() -> None:
    names = {*re.findall(r"\b(?:vigie|probe)_\w+", RULES)}
    assert names
    shown = "".join(json.dumps(json.loads(path.read_text())) for path in FOLDER.parent.glob("*.json"))
    unknown = {name for name in names if name not in shown} - {"vigie_tls_lifetime_share_left"}
    assert unknown == set()
