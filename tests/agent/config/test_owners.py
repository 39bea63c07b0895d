"""Sections are found where their owners keep them, without loading what the owners need."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.config import owners

HEAVY = {"apscheduler", "cryptography", "httpx", "lxml", "playwright", "prometheus_client", "pydantic", "sqlite_utils"}


def test_reading_the_configuration_loads_no_library() -> None:
    code = (
        "import sys, agent.config, agent.plan\nfrom pathlib import Path\n"
        "agent.config.load(Path('config.toml'), secrets=False)\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & {name.partition(".")[0] for name in done.stdout.split()} == set()


def test_options_of_a_command_line_load_no_library() -> None:
    code = "import sys, agent.config.options\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & {name.partition(".")[0] for name in done.stdout.split()} == set()


def test_a_module_is_loaded_once() -> None:
    first, second = owners.surroundings({}), owners.surroundings({})
    assert first.sections == second.sections
    assert all(one.type is sys.modules[one.type.__module__].__dict__[one.type.__name__] for one in first.sections)


def test_a_module_that_breaks_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="broken"):
        owners.load_alone(tmp_path / "settings.py", "agent.no_such_owner.settings")
    assert "agent.no_such_owner.settings" not in sys.modules


def test_every_section_below_another_has_it_above() -> None:
    paths = {section.path for section in owners.surroundings({}).sections}
    assert all(path.rpartition(".")[0] in paths for path in paths if "." in path)
