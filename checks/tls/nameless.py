"""What a server shows to a client that names no site."""

from checks.net.tls.ask import ask
from checks.net.tls.hello import Hello, Version
from checks.net.tls.shake import Endpoint, shake
from checks.net.tls.suites import FORWARD
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import BadCertificate
from checks.tls.chains import chain
from checks.tls.seen import Default, Look


async def default(endpoint: Endpoint, named: Look, trust: Trust, deadline: float) -> Default | None:
    """Return it for an endpoint without a name; `named` is what the same address shows to those who name the site.

    None when it cannot be told; raises `CannotLook` for a limit of this machine.
    """
    answered = await ask(endpoint, Hello(version=Version.TLS12, suites=FORWARD), deadline)
    ders, alert = answered.chain, answered.failure.alert if answered.failure else ""
    if not ders and named.version == Version.TLS13.text:
        shaken = await shake(endpoint, deadline)
        ders, alert = shaken.chain, shaken.failure.alert if shaken.failure else ""
    if not ders:
        return Default(chain=None, refused=alert) if alert else None
    try:
        return Default(chain=chain(ders, trust))
    except BadCertificate:
        return None
