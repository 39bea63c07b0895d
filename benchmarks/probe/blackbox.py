"""Drives Debian's blackbox_exporter over kept connections and reads the CPU of its own process."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.probe.origins import WORD, Origin, origins
from benchmarks.probe.ours import CONCURRENCY, PORTS

PORT = 19115
_CONFIG = f"""modules:
  plain: {{prober: http, timeout: 10s, http: {{preferred_ip_protocol: ip4, enable_http2: false,
    fail_if_body_not_matches_regexp: ["{WORD}"]}}}}
"""


def binary() -> str | None:
    """Return where it is: `prometheus-blackbox-exporter` of Debian, or `BLACKBOX_EXPORTER`."""
    return os.environ.get("BLACKBOX_EXPORTER") or shutil.which("prometheus-blackbox-exporter")


@contextmanager
def running(folder: Path, prefix: tuple[str, ...] = ()) -> Iterator[int]:
    """Run one; yields its process id."""
    config = folder / "blackbox.yml"
    config.write_text(_CONFIG)
    found = binary()
    assert found is not None
    command = [*prefix, found, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{PORT}", "--log.level=error"]
    environ = {**os.environ, "SSL_CERT_FILE": str(folder / "roots.pem"), "GOMAXPROCS": "2"}
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _request(scene: str, origin: Origin) -> bytes:
    secure = scene in ("ecdsa", "rsa")
    host = origin.name if scene == "names" else origin.address
    query = f"module=plain&target={'https' if secure else 'http'}://{host}:{PORTS[scene]}/"
    if secure:
        query += f"&hostname={origin.name}"
    return f"GET /probe?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length:" in head:
        return await reader.readexactly(int(head.split(b"content-length:")[1].split()[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


async def one_pass(scene: str, pid: int) -> tuple[float, int]:
    """Probe every origin once; return CPU seconds for each and how many were not well."""
    turn, bad = iter(origins()), 0

    async def worker() -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for origin in turn:
            writer.write(_request(scene, origin))
            bad += b"\nprobe_success 1" not in await _answer(reader)
        writer.close()
        await writer.wait_closed()

    before = cpu_seconds(pid)
    await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return (cpu_seconds(pid) - before) / len(origins()), bad
