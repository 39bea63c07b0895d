"""A check of availability loads what it needs and nothing else."""

import subprocess
import sys

HEAVY = ("lxml", "playwright", "apscheduler", "sqlite_utils", "prometheus_client", "bs4", "publicsuffixlist", "dns")


def test_a_run_loads_no_heavy_library() -> None:
    code = (
        "import asyncio, sys\n"
        "from tests.lab.http.probe import probe, reasons\n"
        "assert reasons(asyncio.run(probe('http://127.0.0.1:1/'))) == [('uptime.down', 'connect_refused')]\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
