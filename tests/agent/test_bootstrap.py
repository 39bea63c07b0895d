"""What the set-up decides, and one real set-up in a folder of its own."""

import ast
import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from agent import bootstrap
from agent.bootstrap import Tools

LOCK = Path("requirements/run.txt")
NEW = Path("/x/.venv-new")


@pytest.mark.parametrize(
    ("tools", "first", "installer"),
    [
        pytest.param(Tools("/bin/uv", ensurepip=True, pip=True), "/bin/uv venv", "/bin/uv pip", id="uv-is-taken-first"),
        pytest.param(
            Tools("/bin/uv", ensurepip=False, pip=False), "/bin/uv venv", "/bin/uv pip", id="uv-alone-is-enough"
        ),
        pytest.param(
            Tools(None, ensurepip=True, pip=False), "py -m venv", f"{NEW}/bin/python -I", id="venv-brings-its-pip"
        ),
        pytest.param(
            Tools(None, ensurepip=False, pip=True),
            "py -m venv --without-pip",
            "py -m pip --python",
            id="pip-installs-from-outside",
        ),
    ],
)
def test_the_environment_is_made_with_what_is_there(tools: Tools, first: str, installer: str) -> None:
    make, install = (" ".join(words) for words in bootstrap.recipe(tools, "py", NEW, LOCK))
    assert make.startswith(first)
    assert install.startswith(installer)
    assert "--require-hashes --only-binary=:all: --requirement requirements/run.txt" in install


def test_with_neither_uv_nor_pip_nor_venv_nothing_is_made() -> None:
    assert bootstrap.recipe(Tools(None, ensurepip=False, pip=False), "py", NEW, LOCK) == []


@pytest.mark.parametrize(
    ("uid", "apt", "environ", "may"),
    [
        pytest.param(0, "/usr/bin/apt-get", {}, True, id="root-with-apt-may"),
        pytest.param(0, "/usr/bin/apt-get", {"VIGIE_NO_APT": "1"}, False, id="the-variable-forbids-it"),
        pytest.param(0, None, {}, False, id="without-apt-it-cannot"),
        pytest.param(1000, "/usr/bin/apt-get", {}, False, id="a-plain-user-may-not"),
    ],
)
def test_system_packages_are_installed_only_where_that_is_ours(
    uid: int, apt: str | None, environ: dict[str, str], *, may: bool
) -> None:
    assert bootstrap.may_install(uid, apt, environ) is may


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose sets lock nothing yet."""
    (tmp_path / "requirements").mkdir()
    for name in bootstrap.SETS:
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def environment(checkout: Path, chosen: str) -> Path:
    """What a set-up for the chosen set leaves, without the libraries."""
    venv = checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "vigie-stamp.json").write_text(json.dumps(bootstrap.stamp_for(chosen)))
    return venv


def test_an_environment_serves_its_own_set_and_the_smaller_ones(checkout: Path) -> None:
    venv = environment(checkout, "browser")
    assert [name for name in bootstrap.SETS if bootstrap.fits(venv, name)] == ["run", "browser"]


def test_a_changed_lock_makes_only_the_sets_that_use_it_stale(checkout: Path) -> None:
    venv = environment(checkout, "dev")
    (checkout / "requirements" / "dev.txt").write_text("# more\n")
    assert [name for name in bootstrap.SETS if bootstrap.fits(venv, name)] == ["run", "browser"]


@pytest.mark.parametrize("stamp", ["", "[]", '"x"', '{"python": "2.7"}', "{"])
def test_a_stamp_of_another_making_does_not_fit(checkout: Path, stamp: str) -> None:
    venv = environment(checkout, "run")
    (venv / "vigie-stamp.json").write_text(stamp)
    assert not bootstrap.fits(venv, "run")


def test_an_environment_whose_python_is_gone_does_not_fit(checkout: Path) -> None:
    venv = environment(checkout, "run")
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(checkout / "gone")
    assert not bootstrap.fits(venv, "run")


def test_installed_by_pip_nothing_is_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    bootstrap.ensure("run")
    assert list(tmp_path.iterdir()) == []


def test_whoever_lacks_everything_gets_the_line_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "look", lambda: Tools(None, ensurepip=False, pip=False))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit, match="3"):
        bootstrap.provide()
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.endswith("as root: apt-get update && apt-get install -y python3-venv\n")
    assert said.out == ""


def test_a_folder_that_cannot_be_written_is_named_with_what_mends_it(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".venv.lock").mkdir()
    with pytest.raises(SystemExit, match="3"):
        bootstrap.ensure("run")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"let this user write to {checkout}" in said


def test_an_old_python_can_read_it_far_enough_to_say_that_it_is_too_old() -> None:
    for module in ("bootstrap", "__main__", "__init__"):
        source = (bootstrap.ROOT / "agent" / f"{module}.py").read_text(encoding="utf-8")
        ast.parse(source, feature_version=(3, 8))


def test_the_set_up_imports_the_standard_library_alone() -> None:
    asked = "import sys; before = set(sys.modules); import agent.bootstrap; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=bootstrap.ROOT, capture_output=True, text=True, check=True)
    tops = {name.partition(".")[0] for name in done.stdout.split()}
    assert tops - set(sys.stdlib_module_names) == {"agent"}


# A command line that shows where it runs, ends with a status of its own, or waits to be told to stop.
CLI = """
import sys, signal
def main(argv):
    import tiny
    print(tiny.WORD, sys.prefix, *argv, flush=True)
    if argv == ["wait"]:
        signal.pause()
    return 7
"""


def wheel(folder: Path) -> str:
    """Make the smallest package there is, and return the line that locks it."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    files = {
        "tiny.py": "WORD = 'hello'\n",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        record = []
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(text)}\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "".join([*record, "tiny-1.0.dist-info/RECORD,,\n"]))
    return f"tiny @ {path.as_uri()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def start(checkout: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command as a newcomer does, with the Python that this environment was made from."""
    python = Path(sys.base_prefix) / "bin" / "python3"
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_", "PYTEST_"))
    }
    return subprocess.Popen(
        [python, "-m", "agent", *words],
        cwd=checkout,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a command to end; give its status and what it said."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_a_real_set_up_checks_hashes_serves_two_starts_at_once_and_is_silent_afterwards(tmp_path: Path) -> None:
    package = tmp_path / "agent"
    (package / "cli").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(bootstrap.ROOT / "agent" / name, package / name)
    (package / "cli" / "__init__.py").write_text(CLI)
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "run.txt"
    good = wheel(tmp_path)

    # A wheel that is not the one that was locked is refused, and nothing is left behind.
    lock.write_text(f"{good.rpartition(':')[0]}:{'0' * 64}\n")
    status, out, err = ended(start(tmp_path, "one"))
    assert (status, out) == (3, "")
    assert "could not set up .venv" in err
    assert "HASH" in err.upper()
    assert not [path.name for path in tmp_path.glob(".venv*") if path.is_dir()]

    # Two first starts at once: one sets up, over what a killed set-up left; both run.
    lock.write_text(good)
    (tmp_path / ".venv-new").mkdir()
    (tmp_path / ".venv").mkdir()
    both = [ended(process) for process in [start(tmp_path, "one"), start(tmp_path, "two")]]
    venv = tmp_path / ".venv"
    assert [(status, out) for status, out, _ in both] == [(7, f"hello {venv} one\n"), (7, f"hello {venv} two\n")]
    assert sum("setting up .venv with" in err for _, _, err in both) == 1
    assert not (tmp_path / ".venv-new").exists()

    # Later starts say nothing of their own, need nothing, and pass signals through: it is the same process.
    process = start(tmp_path, "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == f"hello {venv} wait\n"
    process.send_signal(signal.SIGTERM)
    assert ended(process) == (-signal.SIGTERM, "", "")


def test_it_stays_small_enough_to_be_read_before_it_is_trusted() -> None:
    assert len((bootstrap.ROOT / "agent" / "bootstrap.py").read_text(encoding="utf-8").splitlines()) < 200
