"""Uses a handshake that another check has just made, so that one connection serves both."""

from checks.net.http.exchange import Handshake
from checks.net.http.failure import Stage
from checks.parse.certificates.paths import Trust
from checks.tls.look import NAMES, with_chain
from checks.tls.seen import Look

FRESH = 120.0  # seconds another check's handshake is as good as a new one
# What uptime holds against a certificate, once the handshake brought it.
_VERDICTS = frozenset({"tls_expired", "tls_not_yet_valid", "tls_wrong_host", "tls_untrusted", "tls_self_signed"})


def of_handshake(handshake: Handshake, trust: Trust) -> Look | None:
    """What a handshake shows that another check made lately; None when it shows too little."""
    failure = handshake.failure
    whole = failure is None or (failure.stage is Stage.TLS and failure.reason.value in _VERDICTS)
    if not handshake.chain or not whole:
        return None
    seen = Look(address=handshake.address, version=NAMES.get(handshake.version, handshake.version))
    return with_chain(seen, handshake.chain, trust)
