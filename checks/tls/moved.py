"""Names that a certificate no longer covers may have found another one: asked where they lead now."""

import asyncio

from checks.core.errors import CannotLook
from checks.net.http.client import Ask, Client
from checks.net.http.failure import NetFailure
from checks.net.tls.shake import Endpoint, shake
from checks.parse.certificates.names import covers
from checks.parse.certificates.read import BadCertificate, read
from checks.parse.urls import Url
from checks.tls.seen import Memory, Seen
from checks.tls.watched import lost_names

TRIED = 2  # addresses of a name


async def moved_names(seen: Seen, memory: Memory | None, client: Client, deadline: float) -> frozenset[str]:
    """Return the names that the certificates no longer cover and others do; raises `CannotLook` for limits of ours."""
    names = sorted({name for one in seen.endpoints for name in lost_names(one, memory)})
    found = await asyncio.gather(*(_covered(name, seen, client, deadline) for name in names))
    return frozenset(name for name, covered in zip(names, found, strict=True) if covered)


async def _covered(name: str, seen: Seen, client: Client, deadline: float) -> bool:
    port = next((one.port for one in seen.endpoints if one.main), 443)
    url = Url(scheme="https", host=name, port=port, target="/")
    try:
        addresses = await client.addresses(Ask(url=url, deadline=deadline, steered=True))
    except (NetFailure, CannotLook):
        return True  # a name that leads nowhere needs no certificate, and one that cannot be looked up proves nothing
    for address in addresses[:TRIED]:
        shaken = await shake(Endpoint(address=address, port=port, server_name=name), deadline)
        try:
            if shaken.chain and covers(read(shaken.chain[0]), name):
                return True
        except BadCertificate:
            continue
    return not addresses
