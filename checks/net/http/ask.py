"""What a check asks of a visit."""

from dataclasses import dataclass

from checks.net.http.exchange import DEFAULT_LIMITS, Headers, Limits
from checks.net.http.parser import Wanted
from checks.parse.urls import Url


@dataclass(slots=True, kw_only=True)
class Ask:
    """One visit to make."""

    url: Url
    deadline: float  # on the running loop's clock; bounds everything
    method: str = "GET"
    headers: Headers = ()
    body: bytes = b""
    follow: bool = True
    max_redirects: int = 10
    limits: Limits = DEFAULT_LIMITS
    wanted: Wanted | None = None  # how much of a body is wanted; None: all of it
    family: int | None = None  # 4 or 6: the only one to use
    at: str = ""  # the only address to use for the first hop
    first: tuple[str, ...] = ()  # addresses to try before the others
    last: tuple[str, ...] = ()  # addresses to try after the others
    fresh: bool = False  # ask the DNS afresh
    keep_alive: bool = False  # share connections with other visits that say so
    steered: bool = False  # found on a page rather than written by the operator: guarded as a redirect is
