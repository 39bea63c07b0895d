"""Images for the tests of this folder: really built, over a Debian 13 of our own making."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).resolve().parents[2]
BASE = "localhost/vigie-test-base:trixie"  # kept from run to run: it takes minutes
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
RUNC = ("--runtime", "/usr/sbin/runc")
BUILD = (*RUNC, "--ulimit", "nofile=1024:1024", "--network", "host", "--format", "docker", "--layers")


def run(*words: str, bound: float = 120.0) -> str:
    """Run a command to its end and return what it said; fails the test with it otherwise."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=bound)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def has_image(name: str) -> bool:
    """Whether an image of that name is here."""
    return subprocess.run(["buildah", "inspect", name], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Debian 13 without anything, with this machine's certificates, as the image to build on."""
    if os.geteuid() != 0:
        pytest.skip("building an image takes root")
    for program in ("buildah", "podman", "runc", "debootstrap"):
        needs.program(program, apt=program)
    if has_image(BASE):
        return BASE
    root = tmp_path_factory.mktemp("trixie")
    run("debootstrap", "--variant=minbase", "trixie", str(root), bound=1200)
    container = run("buildah", "from", "scratch").strip()
    try:
        mounted = Path(run("buildah", "mount", container).strip())
        shutil.rmtree(root / "var/cache/apt/archives")
        run("cp", "-a", f"{root}/.", str(mounted))
        (mounted / "usr/local/share/ca-certificates").mkdir(parents=True, exist_ok=True)
        shutil.copy(CERTIFICATES, mounted / "usr/local/share/ca-certificates/machine.crt")
        run("buildah", "umount", container)
        run(
            "buildah", "config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container
        )
        run("buildah", "config", "--env", f"PIP_CERT={CERTIFICATES}", container)
        run("buildah", "commit", "--quiet", container, BASE, bound=300)
    finally:
        run("buildah", "rm", container)
        shutil.rmtree(root, ignore_errors=True)
    return BASE


def build(base: str, *, browser: bool) -> str:
    """Build the image by its recipe."""
    name = f"localhost/vigie-test:{'full' if browser else 'lean'}"
    arguments = {"BASE": base, "BROWSER": str(int(browser)), "VERSION": "1.2.3", "REVISION": "abc"}
    words = [word for key, value in arguments.items() for word in ("--build-arg", f"{key}={value}")]
    run("buildah", "bud", *BUILD, *words, "--tag", name, ".", bound=1200)
    return name


@pytest.fixture(scope="session")
def lean(base: str) -> str:
    return build(base, browser=False)


@pytest.fixture(scope="session")
def full(base: str) -> str:
    return build(base, browser=True)
