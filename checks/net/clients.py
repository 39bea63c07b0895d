"""Makes the client of one check out of what the checks of a process share."""

from typing import TYPE_CHECKING

from checks.core.errors import CannotLook
from checks.core.options import Common
from checks.core.secret import SecretMissing
from checks.net.http.client import Client
from checks.net.http.route import router_for
from checks.parse.urls import BadUrl, parse

if TYPE_CHECKING:
    from checks.net import Net


def client_of(
    net: "Net", options: Common, target: str, *, certificate: tuple[str, str] | None, proxy: str, http2: bool
) -> Client:
    """Return the network as a check of `target` with these options may use it; raises `CannotLook`."""
    try:
        host = parse(target).host
        headers = tuple([(name, secret.reveal()) for name, secret in options.headers]) if options.headers else ()
    except (BadUrl, SecretMissing) as error:
        raise CannotLook("configuration", str(error)) from error
    return Client(
        router=router_for(host, options, net.resolver, net.families),
        engine=net.engine,
        ca_file=options.ca_file,
        certificate=certificate,
        proxy=proxy,
        http2=http2,
        headers=headers,
        user_agent=options.user_agent,
        remember=net.handshakes.note,
    )
