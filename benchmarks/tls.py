"""Measures the CPU a TLS look costs, beside blackbox_exporter and sslyze: `python -m benchmarks.tls --help`."""

import argparse
import asyncio
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.tls_server import HOST
from checks.core.model import Job, Key, Observed, Severity
from checks.core.run import run
from checks.net import open_net
from checks.net.tls.quick import chain_of
from checks.net.tls.roots import trust
from checks.net.tls.shake import Endpoint
from checks.tls import CHECK
from checks.tls.chains import chain
from checks.tls.judge_chain import used_path
from checks.tls.judge_leaf import judge_leaf
from checks.tls.options import Options

AT_ONCE = 20
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def served() -> Iterator[tuple[dict[str, int], str]]:
    """The server's ports and the file of its roots."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.tls_server", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            ports = json.loads(server.stdout.readline())
            try:
                yield ports, f"{folder}/ca.pem"
            finally:
                server.send_signal(signal.SIGTERM)


def addresses(count: int) -> list[str]:
    """As many addresses of this machine, so that every look is at another one."""
    return [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(count)]


async def _many(count: int, one: Callable[[str], object]) -> float:
    """CPU milliseconds of one look, of `count` with `AT_ONCE` at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guarded(address: str) -> None:
        async with gate:
            await one(address)  # type: ignore[misc]

    began = time.process_time()
    await asyncio.gather(*(guarded(address) for address in addresses(count)))
    return (time.process_time() - began) * 1000 / count


async def verdict(port: int, ca_file: str, count: int) -> float:
    """The certificate verdict alone: a whole handshake with nobody's session, and every rule of the certificate."""
    believed = trust(ca_file)
    options = Options()

    async def one(address: str) -> None:
        endpoint = Endpoint(address=address, port=port, server_name=HOST)
        shaken = await chain_of(endpoint, asyncio.get_running_loop().time() + 10)
        assert shaken.failure is None, shaken.failure
        found = chain(shaken.chain, believed)
        now = datetime.now(UTC)
        assert used_path(found, now).sound
        assert not list(judge_leaf(found.leaf, HOST, options, now, None, None))

    await _many(20, one)
    return await _many(count, one)


async def check(ports: dict[str, int], name: str, ca_file: str, count: int, *, audit: bool) -> float:
    """The whole check as the daemon runs it, with or without the daily audit."""
    async with open_net() as net:

        async def one(address: str) -> None:
            options = Options(
                ca_file=ca_file,
                resolve=((HOST, (address,)),),
                allow_private=True,
                audit=audit,
                http_port=ports["http"],
                timeout=20.0,
            )
            key = Key(site=address, check="tls")
            job = Job(key=key, id="1", kind="tls", target=f"https://{HOST}:{ports[name]}/", options=options)
            outcome = await run(replace(job, timeout=20.0), CHECK, net)
            assert isinstance(outcome.answer, Observed), outcome.answer
            bad = [f.rule.id for f in outcome.answer.findings if f.severity is not Severity.INFO]
            assert not bad, bad

        await _many(20, one)
        return await _many(count, one)


def blackbox(program: str, port: int, ca_file: str, count: int, module: str) -> float:
    """CPU milliseconds of one probe by a running blackbox_exporter that has the roots loaded."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "blackbox.yml"
        both = f"preferred_ip_protocol: ip4, tls_config: {{server_name: {HOST}}}"
        config.write_text(
            "modules:\n"
            f"  http: {{prober: http, timeout: 10s, http: {{enable_http2: false, {both}}}}}\n"
            f"  tcp: {{prober: tcp, timeout: 10s, tcp: {{tls: true, {both}}}}}\n"
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{free.getsockname()[1]}"
        environment = {**os.environ, "SSL_CERT_FILE": ca_file, "SSL_CERT_DIR": "/nonexistent", "GOMAXPROCS": "2"}
        command = [program, f"--config.file={config}", f"--web.listen-address={listen}", "--log.level=error"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as exporter:
            try:
                _wait(listen)
                scheme = "https://" if module == "http" else ""
                probe = f"http://{listen}/probe?module={module}&target={scheme}{{}}:{port}"
                _probes(probe, 20)
                began = _ticks(exporter.pid)
                _probes(probe, count)
                return (_ticks(exporter.pid) - began) * 1000 / TICK / count
            finally:
                exporter.terminate()


def _wait(listen: str) -> None:
    host, _, port = listen.partition(":")
    for _ in range(200):
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _probes(url: str, count: int) -> None:
    for address in addresses(count):
        with urllib.request.urlopen(url.format(address)) as answer:
            assert b"probe_success 1" in answer.read(), address


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def sslyze(python: str, port: int, ca_file: str, count: int) -> float:
    """CPU milliseconds of one scan of what our audit looks at, by sslyze as a process."""
    command = [
        python, "-m", "sslyze", "--quiet", "--certinfo", "--certinfo_ca_file", ca_file, "--sslv2", "--sslv3", "--tlsv1",
        "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--http_headers", f"{HOST}:{port}{{127.0.0.1}}",
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(count):
        subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / count


def main() -> None:
    """Print one line for each figure: name, CPU milliseconds (median of the rounds), all rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blackbox", help="path of blackbox_exporter")
    parser.add_argument("--sslyze", help="a python that has sslyze, in an environment of its own")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures: dict[str, list[float]] = {}

    def add(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    with served() as (ports, ca_file):
        for _ in range(asked.rounds):
            for name in ("ecdsa", "rsa"):
                add(f"verdict {name}", uvloop.run(verdict(ports[name], ca_file, asked.count)))
                add(f"check without audit {name}", uvloop.run(check(ports, name, ca_file, asked.count, audit=False)))
                if asked.blackbox:
                    add(f"blackbox tcp {name}", blackbox(asked.blackbox, ports[name], ca_file, asked.count, "tcp"))
                    add(f"blackbox http {name}", blackbox(asked.blackbox, ports[name], ca_file, asked.count, "http"))
            add("check with audit", uvloop.run(check(ports, "ecdsa", ca_file, asked.count // 4, audit=True)))
            if asked.sslyze:
                add("sslyze", sslyze(asked.sslyze, ports["ecdsa"], ca_file, 5))
    for name, values in sorted(figures.items()):
        print(f"{name:28} {statistics.median(values):8.3f} ms   {' '.join(f'{value:.3f}' for value in values)}")


if __name__ == "__main__":
    main()
