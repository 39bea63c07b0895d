"""The units are what systemd takes, and as tight as the documentation says."""

import re
import subprocess
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENTED = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
PROGRAM = "/opt/vigie/bin/vigie"


def analyze(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    tool = needs.program("systemd-analyze", apt="systemd")
    return subprocess.run([tool, *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


def put(folder: Path, *names: str) -> Path:
    """Copy units into a folder, with a program that is there in place of ours."""
    for name in names:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("unit", ["vigie.service", "vigie-backup.service", "vigie-backup.timer"])
def test_systemd_finds_no_fault_in(unit: str, tmp_path: Path) -> None:
    put(tmp_path, *(path.name for path in DEPLOY.glob("vigie*")))
    done = analyze("verify", f"./{unit}", cwd=tmp_path)
    ours = [line for line in done.stderr.splitlines() if "vigie" in line]  # it also judges what the machine has
    assert (done.returncode, ours) == (0, [])


def test_systemd_finds_the_fault_in_a_unit_that_has_one(tmp_path: Path) -> None:
    put(tmp_path, "vigie.service")
    unit = tmp_path / "vigie.service"
    unit.write_text(unit.read_text().replace("Type=notify", "Type=notified"), encoding="utf-8")
    done = analyze("verify", "./vigie.service", cwd=tmp_path)
    assert "notified" in done.stderr


@pytest.mark.parametrize(
    ("parts", "documented"),
    [
        pytest.param(["vigie.service"], r"rates the unit \*\*([\d.]+), ", id="without-a-browser"),
        pytest.param(["vigie.service", "browser.conf"], r"with `browser.conf` it is \*\*([\d.]+), ", id="with-one"),
    ],
)
def test_its_exposure_is_what_the_documentation_says(parts: list[str], documented: str, tmp_path: Path) -> None:
    told = re.search(documented, DOCUMENTED)
    assert told is not None
    unit = tmp_path / "vigie.service"
    unit.write_text("\n".join((DEPLOY / part).read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    done = analyze("security", "--offline=yes", "./vigie.service", cwd=tmp_path)
    measured = re.search(r"exposure level for vigie.service: ([\d.]+)", done.stdout)
    assert measured is not None, done.stdout + done.stderr
    # Each release of systemd looks at a few things more: the figure in the documentation names the one it is of.
    assert abs(float(measured[1]) - float(told[1])) <= 0.3
    assert "Unknown" not in done.stderr


def test_what_the_documentation_installs_is_there() -> None:
    named = {*re.findall(r"deploy/([\w.-]+)", DOCUMENTED)}
    assert named == {path.name for path in DEPLOY.iterdir()}
