"""Sites with a name, an address and a certificate each, and the configuration that has them watched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.lab.tls.authority import Wish, intermediate, issue, key, root

HOLD: Final = 0.05  # seconds that a server keeps an answer back
WORD: Final = "Ajouter au panier"
_PORT: Final = 29_443


@dataclass(frozen=True, slots=True)
class Site:
    """One site; `server` is the number of the process that serves it."""

    number: int
    server: int

    @property
    def id(self) -> str:
        """Its id in the configuration."""
        return f"site{self.number}"

    @property
    def name(self) -> str:
        """Its host name."""
        return f"site{self.number}.load.example"

    @property
    def address(self) -> str:
        """Its own address on loopback."""
        return f"127.2.{self.number // 250}.{self.number % 250 + 1}"


def port(server: int) -> int:
    """Where a server listens, on every address."""
    return _PORT + server


def sites(count: int, servers: int) -> list[Site]:
    """Return so many, dealt out to the servers."""
    return [Site(number, number % servers) for number in range(count)]


def write_certificates(folder: Path, wanted: list[Site]) -> None:
    """Write a chain for each site as Let's Encrypt issues, their key, and `root.pem`.

    P-256 leaf, P-384 intermediate, RSA-4096 root; the leaves share a key, which no client can tell.
    """
    above = root("Load Root", 910, kind="rsa4096")
    middle = intermediate(above, "Load E1", 911, kind="p384")
    leaf_key = key("p256", 912)
    for site in wanted:
        leaf = issue(Wish(subject=site.name, dns=[site.name], key=leaf_key), middle)
        (folder / f"{site.name}.pem").write_bytes(leaf.pem + middle.pem)
        (folder / "key.pem").write_bytes(leaf.key_pem)
    (folder / "root.pem").write_bytes(above.pem)


def configuration(folder: Path, wanted: list[Site], web: int) -> str:
    """Return a configuration of one uptime check a minute for each site."""
    return "\n".join(_lines(folder, wanted, web))


def _lines(folder: Path, wanted: list[Site], web: int) -> Iterator[str]:
    yield f'[agent]\nstate_dir = "{folder / "state"}"\nlisten = "127.0.0.1:{web}"\nreference_targets = []'
    for site in wanted:
        yield f'[sites.{site.id}]\nurl = "https://{site.name}:{port(site.server)}/"'
        yield f'ca_file = "{folder / "root.pem"}"\nresolve = {{ "{site.name}" = ["{site.address}"] }}'
        yield f'[sites.{site.id}.checks.uptime]\nevery = "60s"\ncontains = ["{WORD}"]'
