"""Writes the command line that reproduces a visit, secrets left out."""

import math
import shlex

from checks.core.auth import Basic, ClientCertificate, Digest
from checks.net.http.exchange import Visit
from checks.net.http.failure import Reason
from checks.parse import redact
from checks.parse.urls import Url
from checks.uptime.options import Options

_SHELL_MASK = "***"


def command(visit: Visit, options: Options, limit: float, at: str = "") -> str:
    """Return a curl command that asks the same addresses the same thing; `at` is the one to ask of several."""
    first = visit.hops[0]
    url = redact.url(str(first.url))
    words = ["curl", "-sS", "-I" if first.method == "HEAD" else "-i", "--compressed"]
    words += ["--max-time", str(max(1, math.ceil(limit)))]
    words += _asked(first.method, options)
    if options.follow_redirects:
        words += ["-L", "--max-redirs", str(_redirects(visit, options)), "-b", ""]  # -b: cookies are sent back
    if options.family is not None:
        words.append(f"-{options.family}")
    words += _resolves(visit, at)
    words += ["-A", options.user_agent]
    for name, _secret in options.headers:
        words += ["-H", f"{name}: {_SHELL_MASK}"]
    words += _shown(options, first.url)
    if options.ca_file:
        words += ["--cacert", options.ca_file]
    if any(letter in first.url.target for letter in "[]{}"):
        words.append("-g")  # these mean themselves
    return shlex.join([*words, url])


def _asked(method: str, options: Options) -> list[str]:
    """How to ask with the same method and body; curl by itself names a type of body that we do not."""
    body = options.body is not None or method in ("POST", "PUT", "PATCH")
    words = ["-X", method] if method not in ("GET", "HEAD", "POST") or (body and method == "GET") else []
    if body and method != "HEAD":
        words += ["--data-binary", _SHELL_MASK if options.body is not None else ""]
        if not any(name.lower() == "content-type" for name, _secret in options.headers):
            words += ["-H", "Content-Type:"]
    return words


def _redirects(visit: Visit, options: Options) -> int:
    """How many to follow: nobody is sent where the guard forbade us to go."""
    if visit.failure is not None and visit.failure.reason is Reason.REDIRECT_GUARDED:
        return max(0, len(visit.hops) - 2)
    return options.max_redirects


def _shown(options: Options, url: Url) -> list[str]:
    """How to show the same credentials and go the same way, the secrets to be filled in."""
    words = ["-x", _SHELL_MASK] if options.proxy is not None else []
    words.append("--http2" if options.http2 else "--http1.1")
    match options.auth.way if options.auth else None:
        case None:
            return [*words, "-u", f"{_SHELL_MASK}:{_SHELL_MASK}"] if url.userinfo else words
        case Basic(username=username):
            return [*words, "-u", f"{username}:{_SHELL_MASK}"]
        case Digest(username=username):
            return [*words, "--digest", "-u", f"{username}:{_SHELL_MASK}"]
        case ClientCertificate(certificate=certificate, key=key):
            return [*words, "--cert", certificate, *(("--key", key) if key else ())]
        case _:
            return [*words, "-H", f"Authorization: Bearer {_SHELL_MASK}"]


def _resolves(visit: Visit, at: str) -> list[str]:
    """Pin every name to the address that was used, so that the command meets the same server."""
    words: list[str] = []
    for hop in visit.hops:
        if hop.proxied:
            continue
        answered = next((tried.address for tried in hop.tried if tried.failure is None), hop.address)
        address = at if at in (*(tried.address for tried in hop.tried), *hop.untried) else answered
        if not address or address == hop.url.host:
            continue
        pinned = f"{hop.url.host}:{hop.url.port}:" + (f"[{address}]" if ":" in address else address)
        if pinned not in words:
            words += ["--resolve", pinned]
    return words
