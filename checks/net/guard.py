"""The address guard: a site's pages, redirects and names must not be able to steer the agent into the house."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from checks.parse.addresses import is_localhost, written_address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Reach(StrEnum):
    """From where an address can be reached, which is what it may be used for."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    METADATA = "metadata"


# Where hosting providers hand credentials to whoever asks from inside: AWS (IMDS, ECS, EKS; over IPv6 too), Google,
# Azure's wire server, Alibaba, Oracle, Tencent, Scaleway. Some of these addresses are public by their number.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "169.254.169.253", "169.254.169.123", "169.254.170.2", "169.254.170.23", "169.254.0.23",
        "169.254.42.42", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23",
        "fd00:ec2::253", "fd20:ce::254", "fd00:42::42",
    )
)  # fmt: skip
_THIS_HOST = (ipaddress.ip_network("0.0.0.0/8"), ipaddress.ip_network("::/128"))
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")
_KEPT = 256  # answers of one guard
_STRICTNESS = (Reach.PUBLIC, Reach.PRIVATE, Reach.LINK_LOCAL, Reach.LOOPBACK, Reach.METADATA)


@lru_cache(maxsize=16384)
def parse(text: str) -> Address | None:
    """Return the address that `text` writes in the usual notation (a zone after % is dropped), or None."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


@lru_cache(maxsize=16384)
def reach(text: str) -> Reach:
    """Return the class of an address; of one that carries another (mapped, NAT64, 6to4) the stricter of the two."""
    address = parse(text)
    if address is None:
        raise ValueError(f"not an IP address: {text!r}")
    inner = _embedded(address)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return _plain(address.ipv4_mapped)
    return max((_plain(one) for one in (address, *inner)), key=_STRICTNESS.index)


def _plain(address: Address) -> Reach:
    if address in _METADATA:
        return Reach.METADATA
    if address.is_loopback or any(address in net for net in _THIS_HOST if net.version == address.version):
        return Reach.LOOPBACK
    if address.is_link_local:
        return Reach.LINK_LOCAL
    public = address.is_global and not address.is_multicast and not address.is_reserved
    if isinstance(address, ipaddress.IPv6Address):
        public = public and not address.is_site_local
    return Reach.PUBLIC if public or _is_translator(address) else Reach.PRIVATE


def _is_translator(address: Address) -> bool:
    """NAT64 and 6to4 prefixes are judged by the address they carry."""
    if isinstance(address, ipaddress.IPv4Address):
        return False
    return address.sixtofour is not None or address in _NAT64[0]


def _embedded(address: Address) -> tuple[ipaddress.IPv4Address, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if any(address in net for net in _NAT64) or (address in _COMPATIBLE and int(address) > 1):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


@lru_cache(maxsize=256)
def ranges(written: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks that `allow_private` lists; raises ValueError naming the one that is none."""
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What one run may connect to.

    `host` is the target's, `own` the class of a target written as an address or `localhost`; `given` holds the hosts
    whose addresses the operator wrote down (`resolve.HOST`).
    """

    host: str
    own: Reach | None = None
    given: frozenset[tuple[str, str]] = frozenset()
    everything: bool = False  # allow_private = true
    listed: tuple[Network, ...] = ()
    _known: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    def allows(self, host: str, address: str) -> bool:
        """Whether `host` may be reached at `address`, the one that is really connected to."""
        known = self._known.get((host, address))
        if known is None:
            known = self._judge(host, address)
            if len(self._known) < _KEPT:
                self._known[host, address] = known
        return known

    def _judge(self, host: str, address: str) -> bool:
        where = reach(address)
        if where is Reach.PUBLIC:
            return self.own in (None, Reach.PUBLIC) or host != self.host
        return self._allowed(host, address, where)

    def _allowed(self, host: str, address: str, where: Reach) -> bool:
        if where is Reach.METADATA:
            return self._listed_alone(address)
        if self.everything or (host, address) in self.given or (where is self.own and host == self.host):
            return True
        return any(_unmapped(address) in network for network in self.listed)

    def _listed_alone(self, address: str) -> bool:
        one = _unmapped(address)
        return any(one in network and network.num_addresses == 1 for network in self.listed)


def _unmapped(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=8192)
def guard_for(
    host: str, allow_private: bool | tuple[str, ...] = False, resolve: tuple[tuple[str, tuple[str, ...]], ...] = ()
) -> Guard:
    """Return the guard of a check whose target is on `host`, a name or an address already normalised."""
    written = written_address(host)
    own = reach(written) if written else Reach.LOOPBACK if is_localhost(host) else None
    return Guard(
        host=host,
        own=own,
        given=frozenset((name.lower(), address) for name, addresses in resolve for address in addresses),
        everything=allow_private is True,
        listed=ranges(tuple(allow_private)) if isinstance(allow_private, tuple) else (),
    )
