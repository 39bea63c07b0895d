"""Examines what the daemon needs of this machine, one thing at a time, and says what mends what is wrong."""

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from agent.daemon.limits import raise_descriptors
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


def told(name: str, good: bool, says: str, mend: str, *, grave: bool = True) -> Diagnosis:
    """Return the diagnosis of a thing that is good or not; what is not grave is only a warning."""
    bad = Verdict.WRONG if grave else Verdict.WARNING
    return Diagnosis(name=name, verdict=Verdict.OK if good else bad, says=says, mend="" if good else mend)


def examine_python() -> Iterator[Diagnosis]:
    """Examine what runs us: the interpreter, its TLS, the fast loop, descriptors."""
    version = platform.python_version()
    yield told("python", sys.version_info >= OLDEST, f"{version}, {sys.executable}", "install Python 3.11 or later")
    yield _roots()
    fast = factory().__module__.startswith("uvloop")
    says = "connections cost half" if fast else "not installed: connections cost twice as much"
    yield told("uvloop", fast, says, "pip install uvloop", grave=False)
    allowed = raise_descriptors()
    mend = "raise it: ulimit -n 4096, or LimitNOFILE= of the service"
    yield told("descriptors", allowed >= DESCRIPTORS, f"{allowed} files may be open at once", mend, grave=False)


def _roots() -> Diagnosis:
    try:
        trust = Trusts().of()
    except VigieError as error:
        return told("tls", False, str(error), "apt-get install ca-certificates")
    return told("tls", True, f"{library()}, {len(trust.system.roots())} trusted roots", "")


def examine_browser(*, wanted: bool) -> Iterator[Diagnosis]:
    """Examine whether journeys can be run; without any configured it matters little."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    says = found or ("none was found: smoke checks look at nothing" if wanted else "none was found; no check needs one")
    yield told(
        "browser", bool(found), says, "apt-get install --no-install-recommends chromium-headless-shell", grave=wanted
    )


def examine_families() -> Iterator[Diagnosis]:
    """Examine whether there is a way out over IPv4 and IPv6; nothing is sent."""
    families = Families()
    for name, address in (("ipv4", "192.88.99.1"), ("ipv6", "2001:4860:4860::8888")):
        there = families.usable(address)
        says = "there is a route" if there else "there is no route: such addresses of sites are not looked at"
        yield told(name, there, says, f"give this machine {name.replace('ipv', 'IPv')}", grave=False)
