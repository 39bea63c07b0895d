"""The contracts of imports.toml bite: a tree that breaks each of them is refused, with its name."""

import subprocess
import sys
from pathlib import Path

from tests.gate.walls import ROOT

TYPING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"


def verdict(folder: Path, modules: dict[str, str]) -> tuple[int, str]:
    """Hold a tree of the given modules against the contracts."""
    for path, text in modules.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for package in [folder / "agent", folder / "checks", *folder.glob("*/**/")]:
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.append({str(ROOT)!r}); from tests.gate import imports; sys.exit(imports.main())",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_a_tree_that_keeps_to_the_map_passes(tmp_path: Path) -> None:
    modules = {
        "checks/core/model.py": f"{TYPING}    from checks.net import http\n",
        "checks/net/http.py": "import httpx\nfrom checks.core import model\n",
        "checks/hello.py": "import asyncio\nfrom checks.net import http\n",
        "agent/core/desk.py": "from checks.core import model\n",
        "agent/cli/run.py": "import typer\nfrom agent.core import desk\n",
    }
    status, said = verdict(tmp_path, modules)
    assert status == 0, said


def test_each_contract_names_what_breaks_it(tmp_path: Path) -> None:
    modules = {
        "checks/one.py": "import agent\nfrom checks import two\n",
        "checks/two.py": "",
        "checks/core/model.py": "from checks.net import http\n",
        "checks/net/http.py": "import lxml\n",
        "checks/one_rules/rules.py": "import idna\n",
        "agent/stranger.py": "import numpy\n",
        "agent/core/desk.py": f"import socket\n{TYPING}    import httpx\n",
        "agent/store/db.py": "from agent import metrics\n",
        "agent/metrics.py": "",
        "agent/notify/mail.py": "from agent.store import db\n",
        "agent/notify/settings.py": "import jinja2\n",
    }
    status, said = verdict(tmp_path, modules)
    assert status == 1
    expected = [
        "does not say where numpy may be imported",
        "lxml only in checks.parse BROKEN",
        "idna only in checks.net, checks.parse BROKEN",
        "httpx only in checks.net, agent.notify.channels BROKEN",
        "layers of agent BROKEN",
        "layers of checks BROKEN",
        "checks is a library that knows no daemon BROKEN",
        "the store knows neither those it serves nor those who tell of it BROKEN",
        "notify is handed its claim and mark functions, and never opens the store BROKEN",
        "decisions do no I/O BROKEN",
        "a section's settings and a check's rules load without any library BROKEN",
    ]
    flat = " ".join(said.split())
    assert [line for line in expected if line not in flat] == []
