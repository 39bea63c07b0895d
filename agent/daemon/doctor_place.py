"""The part of the examination that looks where the daemon keeps its state, listens and tells."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agent.config.loaded import Settings
from agent.daemon import machine
from agent.daemon.condition import FREE_LEAST
from agent.daemon.doctor import Diagnosis, Verdict, told
from agent.daemon.telling import destinations
from agent.settings import Agent
from agent.store.lock import holder
from agent.store.opening import store_path
from checks.core.errors import VigieError


def examine_place(settings: Settings) -> Iterator[Diagnosis]:
    """Examine where the daemon keeps its state, where it listens and where it tells."""
    path = store_path(settings)
    daemon = holder(path)
    yield _folder(path.parent)
    free = machine.free(_existing(path.parent))
    if free is not None:
        says = f"{free // 2**20} MiB free where the store is"
        yield told("disk", free >= FREE_LEAST, says, "make room, or move state_dir to another disk")
    if daemon is None:
        yield _port(settings)
    else:
        says = f"process {daemon} runs on {path}"
        yield Diagnosis(name="daemon", verdict=Verdict.OK, says=says)
    try:
        names = ", ".join(one.name for one in destinations(settings))
    except VigieError as error:
        yield told("channels", False, str(error), "correct the address in [channels]")
    else:
        yield told("channels", True, names, "")


def _folder(folder: Path) -> Diagnosis:
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            pass
    except OSError as error:
        mend = f"let {_user()} write there, or set state_dir in [agent]"
        return told("state", False, f"{folder}: {error.strerror}", mend)
    return told("state", True, f"{folder} can be written", "")


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
        return told("port", False, f"{listen.written()}: {error.strerror}", mend)
    return told("port", True, f"{listen.written()} is free", "")
