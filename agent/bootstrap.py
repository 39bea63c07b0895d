"""Make the environment that Vigie runs in, on a machine that has Python alone, and step into it.

Standard library only; nothing here is newer than Python 3.8, so that an old Python can still say that it is too old.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, call
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)

# Each set of locked dependencies holds those before it, so an environment made for one serves them too.
SETS = ("run", "browser", "dev")

# No source packages: building one would fetch and run what no hash covers.
PINNED = ("--require-hashes", "--only-binary=:all:", "--requirement")


class Tools(NamedTuple):
    """What this machine can make an environment with."""

    uv: str | None
    ensurepip: bool
    pip: bool


def ensure(chosen: str) -> None:
    """Return if this interpreter carries the chosen set; else make `.venv` carry it and start the same command in it.

    Exits with 3 and one line when that cannot be done. Does nothing where Vigie was installed by pip.
    """
    if sys.version_info < OLDEST:
        fail(f"this is Python {sys.version.split()[0]}; run it with {OLDEST[0]}.{OLDEST[1]} or later")
    if not lock_file(chosen).is_file() or fits(Path(sys.prefix), chosen):
        return
    venv = ROOT / ".venv"
    try:
        if not fits(venv, chosen):
            with only_one():
                # Whoever held the lock before us may have made it.
                if not fits(venv, chosen):
                    build(venv, chosen)
    except OSError as error:
        fail(f"cannot set up {venv} ({error}); let this user write to {ROOT}, or install it: pip install {ROOT}")
    python = str(venv / "bin" / "python")
    os.execv(python, [python, *sys.orig_argv[1:]])  # noqa: S606  no shell: our own words, in the same process


def lock_file(name: str) -> Path:
    """Say where a set is locked."""
    return ROOT / "requirements" / f"{name}.txt"


def stamp_for(chosen: str) -> dict[str, str]:
    """Describe an environment made now for the chosen set: its Python, and the hash of each lock that it satisfies."""
    held = SETS[: SETS.index(chosen) + 1]
    locks = {name: hashlib.sha256(lock_file(name).read_bytes()).hexdigest() for name in held}
    return {"python": f"{sys.version_info[0]}.{sys.version_info[1]}", **locks}


def fits(prefix: Path, chosen: str) -> bool:
    """Tell whether the environment at a prefix was made by this Python for the chosen set as it is locked today."""
    try:
        found = json.loads((prefix / "vigie-stamp.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = stamp_for(chosen)
    same = isinstance(found, dict) and all(found.get(key) == wanted[key] for key in ("python", chosen))
    return same and (prefix / "bin" / "python").exists()


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up's lock; it is let go of with the process, however that ends."""
    with (ROOT / ".venv.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is setting up .venv; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        # Asked to stop, leave through the exits: what installs must not outlive the lock.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda got, _: sys.exit(128 + got))
        yield


def build(venv: Path, chosen: str) -> None:
    """Make the environment aside and swap it in; what a killed set-up left behind goes first."""
    new, old = ROOT / ".venv-new", ROOT / ".venv-old"
    discard(new, old)
    commands = recipe(provide(), sys.executable, new, lock_file(chosen))
    say("setting up .venv with the locked dependencies (once; about a minute)")
    try:
        for command in commands:
            run(command, "could not set up .venv; with the package index in reach, run the same command again")
        (new / "vigie-stamp.json").write_text(json.dumps(stamp_for(chosen)), encoding="utf-8")
        if venv.is_symlink() or venv.exists():
            venv.rename(old)
        new.rename(venv)
    finally:
        discard(new, old)


def discard(*paths: Path) -> None:
    """Remove folders, or links to them, that may or may not be there."""
    for path in paths:
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)


def look() -> Tools:
    """Find out what this machine can make an environment with."""
    invalidate_caches()
    uv = shutil.which("uv")
    # A version manager's stand-in for a uv that is not there is found too, but does not run.
    if uv and call([uv, "--version"], stdout=DEVNULL, stderr=DEVNULL):
        uv = None
    return Tools(uv, find_spec("ensurepip") is not None, find_spec("pip") is not None)


def recipe(tools: Tools, python: str, new: Path, lock: Path) -> list[list[str]]:
    """List the commands that make the environment; none if nothing here can."""
    inside = str(new / "bin" / "python")
    install = ["install", "--quiet", "--no-input", "--disable-pip-version-check", *PINNED, str(lock)]
    if tools.uv:
        quick = ["install", "--quiet", "--compile-bytecode", "--python", inside, *PINNED, str(lock)]
        return [[tools.uv, "venv", "--quiet", "--python", python, str(new)], [tools.uv, "pip", *quick]]
    if tools.ensurepip:
        return [[python, "-m", "venv", str(new)], [inside, "-I", "-m", "pip", *install]]
    if tools.pip:
        return [[python, "-m", "venv", "--without-pip", str(new)], [python, "-m", "pip", "--python", inside, *install]]
    return []


def provide() -> Tools:
    """Find the tools, after installing what is missing where that is ours to do."""
    tools = look()
    if not any(tools) and may_install(os.geteuid(), shutil.which("apt-get"), os.environ):
        apt("python3-venv")
        tools = look()
    if not any(tools):
        mend = "apt-get update && apt-get install -y python3-venv" if shutil.which("apt-get") else "install uv or pip"
        fail(f"{sys.executable} has neither venv nor pip, and there is no uv; as root: {mend}")
    return tools


def may_install(uid: int, apt_get: str | None, environ: Mapping[str, str]) -> bool:
    """Tell whether system packages are ours to install: as root, with apt, unless VIGIE_NO_APT=1 forbids it."""
    return uid == 0 and apt_get is not None and environ.get("VIGIE_NO_APT", "") in {"", "0"}


def apt(*packages: str) -> None:
    """Install Debian packages, after one line saying so."""
    wanted = " ".join(packages)
    say(f"installing {wanted} with apt-get (VIGIE_NO_APT=1 forbids this)")
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    otherwise = f"could not install {wanted}; as root: apt-get update && apt-get install -y {wanted}"
    run(["apt-get", "update", "-qq"], otherwise)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], otherwise)


def run(command: Sequence[str], otherwise: str) -> None:
    """Run a command to its end without a word, or fail with the end of what it said; what it started ends with it."""
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True) as child:
        try:
            said = child.communicate()[0].decode(errors="replace")
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            raise
    if child.returncode:
        last = said.splitlines()[-15:]
        fail("\n  ".join([otherwise, f"{' '.join(command[:4])} … ended with {child.returncode}:", *last]))


def say(line: str) -> None:
    """Tell the person at the terminal; standard output belongs to the command itself."""
    print(f"vigie: {line}", file=sys.stderr, flush=True)  # noqa: T201  there is no logging yet


def fail(line: str) -> NoReturn:
    """Say what is missing, and end as every command does that could not start."""
    say(line)
    sys.exit(3)
