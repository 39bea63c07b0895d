"""Writes the command line that reproduces a visit, secrets left out."""

import math
import shlex

from checks.core.auth import Basic, ClientCertificate, Digest
from checks.net.http.exchange import Visit
from checks.parse import redact
from checks.uptime.options import Options

_SHELL_MASK = "***"


def command(visit: Visit, options: Options, limit: float) -> str:
    """Return a curl command that asks the same addresses the same thing."""
    first = visit.hops[0]
    words = ["curl", "-sS", "-i", "--compressed", "--max-time", str(max(1, math.ceil(limit)))]
    if first.method == "HEAD":
        words[2] = "-I"
    elif first.method != "GET":
        words += ["-X", first.method]
    if options.follow_redirects:
        words += ["-L", "--max-redirs", str(options.max_redirects)]
    if options.family is not None:
        words.append(f"-{options.family}")
    words += _resolves(visit)
    words += ["-A", options.user_agent]
    for name, _secret in options.headers:
        words += ["-H", f"{name}: {_SHELL_MASK}"]
    words += _shown(options)
    if options.body is not None:
        words += ["--data-binary", _SHELL_MASK]
    if options.ca_file:
        words += ["--cacert", options.ca_file]
    return shlex.join([*words, redact.url(str(first.url))])


def _shown(options: Options) -> list[str]:
    """How to show the same credentials and go the same way, the secrets to be filled in."""
    words = ["-x", _SHELL_MASK] if options.proxy is not None else []
    words += ["--http2"] if options.http2 else []
    match options.auth.way if options.auth else None:
        case None:
            return words
        case Basic(username=username):
            return [*words, "-u", f"{username}:{_SHELL_MASK}"]
        case Digest(username=username):
            return [*words, "--digest", "-u", f"{username}:{_SHELL_MASK}"]
        case ClientCertificate(certificate=certificate, key=key):
            return [*words, "--cert", certificate, *(("--key", key) if key else ())]
        case _:
            return [*words, "-H", f"Authorization: Bearer {_SHELL_MASK}"]


def _resolves(visit: Visit) -> list[str]:
    """Pin every name to the address that was used, so that the command meets the same server."""
    words: list[str] = []
    for hop in visit.hops:
        if hop.proxied:
            continue
        address = next((tried.address for tried in hop.tried if tried.failure is None), hop.address)
        if not address or address == hop.url.host:
            continue
        pinned = f"{hop.url.host}:{hop.url.port}:" + (f"[{address}]" if ":" in address else address)
        if pinned not in words:
            words += ["--resolve", pinned]
    return words
