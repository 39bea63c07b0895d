"""Examines what the daemon needs of this machine, one thing at a time, and says what mends what is wrong."""

import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent.config.loaded import Settings
from agent.daemon import machine
from agent.daemon.condition import FREE_LEAST
from agent.daemon.limits import raise_descriptors
from agent.daemon.telling import destinations
from agent.settings import Agent
from agent.store.lock import holder
from agent.store.opening import store_path
from checks.core.errors import VigieError
from checks.net.families import Families
from checks.net.http.openssl import library
from checks.net.http.trust import Trusts
from checks.net.loop import factory

OLDEST = (3, 11)
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")  # the order in which they are looked for on PATH
DESCRIPTORS = 1024  # allowed at least, for some hundred runs at once


class Verdict(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"  # the daemon runs, with less than it could have
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was examined; `mend` is what to do about it."""

    name: str
    verdict: Verdict
    says: str
    mend: str = ""


def _told(name: str, good: bool, says: str, mend: str, *, grave: bool = True) -> Diagnosis:
    bad = Verdict.WRONG if grave else Verdict.WARNING
    return Diagnosis(name=name, verdict=Verdict.OK if good else bad, says=says, mend="" if good else mend)


def examine_python() -> Iterator[Diagnosis]:
    """Examine what runs us: the interpreter, its TLS, the fast loop, descriptors."""
    version = platform.python_version()
    yield _told("python", sys.version_info >= OLDEST, f"{version}, {sys.executable}", "install Python 3.11 or later")
    yield _roots()
    fast = factory().__module__.startswith("uvloop")
    says = "connections cost half" if fast else "not installed: connections cost twice as much"
    yield _told("uvloop", fast, says, "pip install uvloop", grave=False)
    allowed = raise_descriptors()
    mend = "raise it: ulimit -n 4096, or LimitNOFILE= of the service"
    yield _told("descriptors", allowed >= DESCRIPTORS, f"{allowed} files may be open at once", mend, grave=False)


def _roots() -> Diagnosis:
    try:
        trust = Trusts().of()
    except VigieError as error:
        return _told("tls", False, str(error), "apt-get install ca-certificates")
    return _told("tls", True, f"{library()}, {len(trust.system.roots())} trusted roots", "")


def examine_place(settings: Settings) -> Iterator[Diagnosis]:
    """Examine where the daemon keeps its state, where it listens and where it tells."""
    path = store_path(settings)
    daemon = holder(path)
    yield _folder(path.parent)
    free = machine.free(_existing(path.parent))
    if free is not None:
        says = f"{free // 2**20} MiB free where the store is"
        yield _told("disk", free >= FREE_LEAST, says, "make room, or move state_dir to another disk")
    if daemon is None:
        yield _port(settings)
    else:
        says = f"process {daemon} runs on {path}"
        yield Diagnosis(name="daemon", verdict=Verdict.OK, says=says)
    try:
        names = ", ".join(one.name for one in destinations(settings))
    except VigieError as error:
        yield _told("channels", False, str(error), "correct the address in [channels]")
    else:
        yield _told("channels", True, names, "")


def _folder(folder: Path) -> Diagnosis:
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            pass
    except OSError as error:
        mend = f"let {_user()} write there, or set state_dir in [agent]"
        return _told("state", False, f"{folder}: {error.strerror}", mend)
    return _told("state", True, f"{folder} can be written", "")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _user() -> str:
    import getpass

    return getpass.getuser()


def _port(settings: Settings) -> Diagnosis:
    listen = settings[Agent].listen
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        socket.create_server((listen.host, listen.port), family=family).close()
    except OSError as error:
        mend = "stop what listens there, or set listen in [agent]"
        return _told("port", False, f"{listen.written()}: {error.strerror}", mend)
    return _told("port", True, f"{listen.written()} is free", "")


def examine_browser(*, wanted: bool) -> Iterator[Diagnosis]:
    """Examine whether journeys can be run; without any configured it matters little."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    says = found or ("none was found: smoke checks look at nothing" if wanted else "none was found; no check needs one")
    yield _told(
        "browser", bool(found), says, "apt-get install --no-install-recommends chromium-headless-shell", grave=wanted
    )


def examine_families() -> Iterator[Diagnosis]:
    """Examine whether there is a way out over IPv4 and IPv6; nothing is sent."""
    families = Families()
    for name, address in (("ipv4", "192.88.99.1"), ("ipv6", "2001:4860:4860::8888")):
        there = families.usable(address)
        says = "there is a route" if there else "there is no route: such addresses of sites are not looked at"
        yield _told(name, there, says, f"give this machine {name.replace('ipv', 'IPv')}", grave=False)
