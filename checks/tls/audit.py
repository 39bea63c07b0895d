"""Asks one address what it accepts: old protocols, weak suites, suites without forward secrecy, a staple."""

import asyncio

from checks.net.tls.ask import Answered, ask
from checks.net.tls.hello import Hello, Version
from checks.net.tls.quick import by_hand
from checks.net.tls.shake import Endpoint
from checks.net.tls.suites import EVERY, FORWARD, STATIC, TLS13, Weakness, has_forward_secrecy, weak_suites, weakness
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import BadCertificate
from checks.tls.chains import chain
from checks.tls.seen import Audit, Chain, Look

_OLD = (Version.SSL3, Version.TLS10, Version.TLS11)
AT_ONCE = 2  # connections to one address: more would look like an attack to those who count them
VERSIONS, WEAK, STATIC_KEYS, FORWARD_KEYS = "versions", "weak", "static", "forward"


class _Questions:
    """Questions to one address, and what was learnt by the way from their answers."""

    def __init__(self, endpoint: Endpoint, deadline: float) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.versions: set[int] = set()
        self.chains: dict[tuple[bytes, ...], None] = {}
        self.unanswered: set[str] = set()
        self.demands = False  # a client certificate was asked for

    async def ask(self, about: str, version: Version, suites: tuple[int, ...], *, staple: bool = False) -> Answered:
        hello = Hello(version=version, suites=suites, server_name=self._endpoint.server_name, staple=staple)
        async with self._gate:
            answered = await ask(self._endpoint, hello, self._deadline)
        if answered.accepted:
            self.versions.add(answered.version)
            self.demands = self.demands or answered.wants_client_certificate
            if answered.chain and version is not Version.SSL3:  # SSLv3 has no SNI: its chain is another site's
                self.chains[answered.chain] = None
        elif not answered.refused:
            self.unanswered.add(about)
        return answered


async def audit(endpoint: Endpoint, look: Look, trust: Trust, deadline: float) -> Audit:
    """Return what the address accepts; raises `CannotLook` for a limit of this machine, and nothing else."""
    questions = _Questions(endpoint, deadline)
    modern = look.version in ("TLS 1.3", "TLS 1.2") and look.seconds is not None
    asked = [questions.ask(VERSIONS, version, EVERY) for version in _OLD]
    if not modern:
        asked += [questions.ask(VERSIONS, Version.TLS13, TLS13), questions.ask(VERSIONS, Version.TLS12, EVERY)]
    _, weak, static, forward = await asyncio.gather(
        asyncio.gather(*asked),
        _weak(questions),
        questions.ask(STATIC_KEYS, Version.TLS12, STATIC),
        _forward(questions, look),
    )
    staple = await _staple(questions, look, endpoint, deadline)
    if look.hung_up:  # as some servers do to those who show no certificate
        await questions.ask(FORWARD_KEYS, Version.TLS12, FORWARD)
    versions = {version for version in Version if version in questions.versions or version.text == look.version}
    return Audit(
        versions=tuple(sorted(versions)),
        weak=tuple(weak.items()),
        static=static.suite if static.accepted and not has_forward_secrecy(static.suite) else 0,
        forward=forward,
        stapled=staple,
        unanswered=frozenset(questions.unanswered),
        others=tuple(_others(questions, look, trust)),
        demands=questions.demands and look.hung_up,
    )


async def _weak(questions: _Questions) -> dict[Weakness, int]:
    """Each accepted class once: what was found is left out of the next question, until the server says no."""
    found: dict[Weakness, int] = {}
    while len(found) < len(Weakness):
        answered = await questions.ask(WEAK, Version.TLS12, weak_suites(*found))
        why = weakness(answered.suite) if answered.accepted else None
        if why is None or why in found:
            break
        found[why] = answered.suite
    return found


async def _forward(questions: _Questions, look: Look) -> bool:
    if look.version == "TLS 1.3":
        return True
    answered = await questions.ask(FORWARD_KEYS, Version.TLS12, FORWARD)
    return answered.accepted


async def _staple(questions: _Questions, look: Look, endpoint: Endpoint, deadline: float) -> bool | None:
    """Only asked where the certificate demands one, and as today's clients ask: in TLS 1.3 where that is spoken."""
    if look.chain is None or not look.chain.leaf.must_staple:
        return None
    if look.version == Version.TLS13.text and endpoint.starttls is None:
        shaken = await by_hand(endpoint, deadline, staple=True)
        if shaken is not None and shaken.chain:
            return shaken.stapled
    answered = await questions.ask("staple", Version.TLS12, FORWARD, staple=True)
    return answered.stapled if answered.accepted and answered.chain else None


def _others(questions: _Questions, look: Look, trust: Trust) -> list[Chain]:
    """Chains with another server certificate than the one today's clients get."""
    found: dict[str, Chain] = {}
    for ders in questions.chains:
        try:
            other = chain(ders, trust)
        except BadCertificate:
            continue
        if look.chain is None or other.leaf != look.chain.leaf:
            found.setdefault(other.leaf.sha256, other)
    return list(found.values())
