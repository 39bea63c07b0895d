"""The lab's world: an authority with its web server, a host name, and the endpoints of one case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from checks.tls.options import Options
from tests.lab.tls.authority import Issued, Wish, intermediate, issue, revocation_list, root
from tests.lab.tls.servers import Behaviour, Lab, answer, context, plain, tls

HOST = "name.test"
ADDRESSES = ("127.0.0.1", "127.0.0.2", "::1")
DAY = timedelta(days=1)


class Web:
    """The authority's web server; what it serves may be filled in later."""

    def __init__(self, lab: Lab) -> None:
        self.pages: dict[str, bytes] = {}
        self.port = lab.open(("127.0.0.1", plain(self.pages)))

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, body: bytes, status: int = 200) -> str:
        self.pages[path] = answer(status, body=body)
        return self.url(path)


@dataclass(kw_only=True)
class World:
    """What a case builds its servers from."""

    lab: Lab
    folder: Path
    root: Issued = field(default_factory=lambda: root("Lab Root"))
    web: Web = field(init=False)
    middle: Issued = field(init=False)
    options: dict[str, Any] = field(default_factory=dict)
    http: Behaviour | None = None  # None: sends visitors to https
    host: str = HOST

    def __post_init__(self) -> None:
        self.web = Web(self.lab)
        self.middle = intermediate(self.root)

    def leaf(self, issuer: Issued | None = None, **wish: Any) -> Issued:
        """A certificate for the host, sound but for what is wished otherwise."""
        return issue(Wish(**{"dns": [self.host], "subject": self.host, **wish}), issuer or self.middle)

    def https(self, *chain: Issued, reply: bytes | None = None, **made: Any) -> Behaviour:
        """A server with that chain; of one certificate the issuers are added."""
        whole = chain[0].chain if len(chain) == 1 else chain
        return tls(context(whole, **made), reply)

    def with_list(self, serials: Sequence[int] = (), path: str = "/list.crl", **made: Any) -> str:
        """Publish a revocation list of the intermediate and return its URL."""
        return self.web.serve(path, revocation_list(self.middle, serials, **made))


Places = Mapping[str, Behaviour]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One endpoint and what has to be said of it; whatever else is said may only be info."""

    name: str
    build: Callable[[World], Behaviour | Places]
    expected: frozenset[str] = frozenset()
    address: str = ""  # what evidence.address must be
    unobserved: str = ""  # the cause, where nothing can be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case with its servers running."""

    target: str
    options: Options


def open_case(case: Case, world: World, timeout: float) -> Opened:
    """Start the servers of a case."""
    built = case.build(world)
    places = dict(built) if isinstance(built, Mapping) else dict.fromkeys(ADDRESSES, built)
    port = world.lab.open(*places.items())
    authority = f"[{world.host}]" if ":" in world.host else world.host
    target = f"https://{authority}:{port}/"
    http = world.http or plain(answer(301, ("Location", target)))
    http_port = world.options.pop("http_port", None) or world.lab.open(*((address, http) for address in places))
    ca = world.folder / "ca.pem"
    if not ca.exists():
        ca.write_bytes(world.root.pem)
    resolve = () if world.host.replace(".", "").isdigit() or ":" in world.host else ((world.host, tuple(places)),)
    wishes: dict[str, Any] = {
        "ca_file": str(ca), "resolve": resolve, "allow_private": True, "http_port": http_port, "timeout": timeout,
        **world.options,
    }  # fmt: skip
    return Opened(target=target, options=Options(**wishes))
