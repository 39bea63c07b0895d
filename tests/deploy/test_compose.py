"""What the compose files mount is there, and images are pinned; a Prometheus gets in with the token that is drawn."""

import re
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest

from tests import needs
from tests.deploy.conftest import ROOT, RUNC, run
from tests.deploy.containers import FENCE, LIMITS, PATIENCE, Container
from tests.lab.ports import free_port

FILES = [ROOT / "compose.yaml", ROOT / "dashboards" / "compose.yaml"]
UP = """
import json, sys, urllib.request as u
print(json.load(u.urlopen(sys.argv[1] + "/api/v1/query?query=up"))["data"]["result"][0]["value"][1])
"""
DASHBOARDS = FILES[1].read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_mounted_exists_and_is_mounted_to_be_read(path: Path) -> None:
    mounted = re.findall(r"^ +- (\.{1,2}/[^:]+):[^:]+(:ro)?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert mounted
    for source, read_only in mounted:
        assert (path.parent / source).exists(), source
        assert read_only, source


def test_images_of_others_are_pinned_and_ports_stay_on_this_machine() -> None:
    images = [image for image in re.findall(r"^ +image: (\S+)$", DASHBOARDS, re.MULTILINE) if image != "vigie"]
    assert len(images) == 3
    assert all(re.fullmatch(r"docker\.io/[a-z/]+:v?\d+\.\d+\.\d+", image) for image in images)
    ports = re.findall(r"^ +ports: \[(.*)\]$", DASHBOARDS, re.MULTILINE)
    assert len(ports) == 4
    assert all(port.startswith('"127.0.0.1:') for port in ports)


@pytest.mark.parametrize("dashboard", ["fleet.json", "agent-health.json"])
def test_grafana_finds_each_dashboard_where_it_looks(dashboard: str) -> None:
    folder = re.search(r"path: (\S+)", (ROOT / "dashboards/provisioning/grafana/dashboards.yml").read_text())
    assert folder is not None
    assert f"./{dashboard}:{folder[1]}/{dashboard}:ro" in DASHBOARDS


def test_alertmanager_accepts_its_configuration() -> None:
    tool = needs.program("amtool", apt="prometheus-alertmanager")
    done = subprocess.run(
        [tool, "check-config", "dashboards/provisioning/alertmanager.yml"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.soak
def test_prometheus_scrapes_with_the_token_that_was_drawn_and_nobody_without_it(lean: str, tmp_path: Path) -> None:
    needs.program("prometheus", apt="prometheus")
    script = re.search(r"^ +- \|\n((?: {8}.*\n)+)", DASHBOARDS, re.MULTILINE)
    assert script is not None
    volume, name = (f"vigie-test-{uuid4().hex[:8]}" for _ in range(2))
    mounts = (
        "--volume",
        f"{volume}:/run/vigie",
        "--volume",
        "{}:/etc/vigie/config.toml:ro".format(ROOT / "dashboards/provisioning/vigie.toml"),
    )
    with ExitStack() as stack:
        run("podman", "volume", "create", volume)
        stack.callback(run, "podman", "volume", "rm", "--force", volume)
        for _ in range(2):  # the second start leaves the token as it is
            words = (
                "--rm",
                *FENCE,
                *LIMITS,
                "--user",
                "0:0",
                "--volume",
                f"{volume}:/run/vigie",
                "--entrypoint",
                "python",
            )
            run("podman", *RUNC, "run", *words, lean, "-c", dedent(script[1]))
        token = Path(run("podman", "volume", "inspect", "--format", "{{.Mountpoint}}", volume).strip()) / "token"
        assert len(token.read_text(encoding="utf-8")) > 40
        run("podman", *RUNC, "run", "--detach", "--name", name, *FENCE, *LIMITS, *mounts, lean)
        stack.callback(run, "podman", "rm", "--force", "--volumes", "--time", "0", name)
        container = Container(name)
        container.until("", "/readyz")
        with pytest.raises(AssertionError, match="HTTP Error 401"):
            container.get("/metrics")
        with pytest.raises(AssertionError, match="HTTP Error 421"):
            container.get("/metrics", "evil.example")
        pid = run("podman", "inspect", "--format", "{{.State.Pid}}", name).strip()
        assert scraped(pid, token, tmp_path) == 1.0


def scraped(pid: str, token: Path, folder: Path) -> float:
    """Let a Prometheus with the containers' configuration look at the agent, from within its network."""
    text = (ROOT / "dashboards/provisioning/prometheus.yml").read_text(encoding="utf-8")
    for there, here in (
        ("/run/vigie/token", str(token)),
        ("/etc/prometheus/rules.yml", str(ROOT / "dashboards/prometheus/rules.yml")),
        ("vigie:8787", "127.0.0.1:8787"),
        ("15s", "1s"),
    ):
        assert there in text
        text = text.replace(there, here)
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    port = free_port()
    inside = ("nsenter", "--target", pid, "--net")
    words = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data")
    process = subprocess.Popen(
        [*inside, "prometheus", *words, f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end, said = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            done = subprocess.run(
                [*inside, "python3", "-c", UP, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return float(done.stdout)
            said = done.stderr
            time.sleep(0.5)
        pytest.fail(said)
    finally:
        process.terminate()
        process.wait(timeout=30)
