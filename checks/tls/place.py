"""Where a look goes: the addresses of a host at one port, and how the server there is spoken to first."""

from dataclasses import dataclass

from checks.net.http.client import Client
from checks.net.http.request import request_bytes
from checks.net.tls.shake import Endpoint
from checks.net.tls.starttls import WELL_KNOWN, Starttls
from checks.parse.addresses import written_address
from checks.parse.urls import Url
from checks.tls.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look, and how closely."""

    url: Url
    port: int
    addresses: tuple[str, ...]
    complete: bool
    audit: bool
    again: bool  # a second look: nobody else's handshake will do

    @property
    def main(self) -> bool:
        """Whether it is the URL's own port."""
        return self.port == self.url.port

    @property
    def subject(self) -> str:
        """What findings about it are about."""
        return subject(self.url.host, self.port)

    @property
    def named(self) -> bool:
        """Whether the host has a name that a server can be asked for."""
        return written_address(self.url.host) is None


def subject(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def endpoint(place: Place, options: Options, address: str, *, named: bool = True) -> Endpoint:
    """One address of a place, with the site's name or without."""
    name = place.url.host if named and place.named else None
    return Endpoint(address=address, port=place.port, server_name=name, starttls=_starttls(place, options))


def _starttls(place: Place, options: Options) -> Starttls | None:
    if place.main and options.ports:
        return None
    if options.starttls:
        return Starttls(options.starttls)
    return None if place.main else WELL_KNOWN.get(place.port)


def request(place: Place, client: Client) -> bytes:
    """The request that brings the answer's head, and with it a demand for a client certificate in TLS 1.3."""
    return request_bytes("GET", place.url, client.headers, b"", (client.user_agent, "", False))
