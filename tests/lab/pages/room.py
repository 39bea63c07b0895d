"""A folder to run servers in: free ports, files, and processes that end when the room is left."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.checks.uptime.recorded import Recorded, dump

HOST = "127.0.0.1"
START = 90.0  # seconds a server may take to listen
# Error pages of some frameworks print the environment: give them one that says nothing about the machine.
CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
}
HEADERS = {
    "Host": "www.example.test",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One page to record while its server runs."""

    name: str
    expect: str  # the kind a reader should find; empty for an innocent page
    by: str  # the software and what was done to it
    port: int
    path: str = "/"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Room:
    """Where one group of servers runs."""

    folder: Path
    python: str  # interpreter that has the Python frameworks
    node: Path  # the node_modules folder that has the JavaScript ones
    logs: list[Path] = field(default_factory=list)

    def port(self) -> int:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            return int(probe.getsockname()[1])

    def write(self, path: str, text: str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def copy(self, source: str, path: str) -> Path:
        target = self.folder / path
        if Path(source).is_dir():
            # Debian's packages link into each other; those links are followed and the dangling ones left out.
            shutil.copytree(source, target, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        return target

    def run(self, command: Sequence[str], env: Mapping[str, str] = CLEAN, text: str = "") -> str:
        """Run a command to its end and return what it printed; raises when it fails."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=dict(env),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}{done.stdout[-2000:]}")
        return done.stdout

    @contextmanager
    def serve(self, command: Sequence[str], port: int, env: Mapping[str, str] = CLEAN) -> Iterator[int]:
        """Run a server while the block runs; it is there once the port answers, and its process group ends after."""
        log = self.folder / f"server-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            _wait(process, port, log)
            yield port
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None:
            raise RuntimeError(f"server ended: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on {port}: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _neutral(room: Room, body: bytes) -> bytes:
    """Put neutral paths where an error page tells this machine's."""
    base = room.run([room.python, "-c", "import sys; print(sys.base_prefix)"]).strip()
    known = ((str(room.folder), "/srv/site"), (str(room.node), "/srv/site/node_modules"))
    more = ((str(Path(room.python).parent.parent), "/srv/venv"), (base, "/usr/local"))
    for ours, neutral in (*known, *more):
        body = body.replace(ours.encode(), neutral.encode())
    return body


def record(shot: Shot, room: Room, into: Path) -> Recorded:
    """Ask for the page once and write it down as it came, but for paths of this machine (chunking undone)."""
    connection = HTTPConnection(HOST, shot.port, timeout=60)
    try:
        connection.request("GET", shot.path, headers=HEADERS | dict(shot.headers))
        answer = connection.getresponse()
        body = _neutral(room, answer.read())
    except HTTPException as error:
        raise RuntimeError(f"{shot.name}: {error!r}") from error
    finally:
        connection.close()
    recorded = Recorded(
        name=shot.name,
        expect=shot.expect,
        by=shot.by,
        url=f"http://{HEADERS['Host']}{shot.path}",
        status=answer.status,
        headers=tuple(answer.getheaders()),
        body=body,
    )
    (into / f"{shot.name}.html").write_bytes(dump(recorded))
    return recorded
