"""What an uptime check sees and remembers."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.core.check import Looking
from checks.net.http.exchange import Visit
from checks.uptime.options import Options
from checks.uptime.past import LastGood


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing about the page that is not as it should be; `facts` are the finding's own, in pairs."""

    reason: str
    detail: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the page says, apart from how it came."""

    faults: tuple[Fault, ...] = ()
    challenge: str = ""  # what betrays a bot challenge; "" for none
    shows: str = ""  # what a page under an unexpected status turns out to be
    unread: str = ""  # why the page could not be judged; "" when it was
    pattern_failed: bool = False
    same: bool = False  # nothing wrong, and byte for byte the page that is remembered

    @property
    def well(self) -> bool:
        """Whether nothing is wrong, and nothing to be said."""
        return self is READ_WELL or self is READ_SAME


READ_WELL = Reading()
READ_SAME = Reading(same=True)


DEFAULTS = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One attempt: a visit, or with `ip_version = "each"` one visit for each address."""

    name: str  # the check's
    attempt: Looking
    visits: tuple[Visit, ...]  # at least one
    main: int = 0  # which visit speaks for the site
    reading: Reading = READ_WELL  # of that visit
    readings: tuple[Reading, ...] = ()  # of all visits, where there are several
    seconds: float = 0.0  # that visit took
    limit: float = 0.0  # seconds the attempt had
    good: LastGood | None = None  # what is remembered of the last good answer
    options: Options = DEFAULTS  # what was asked for, for those who explain a run

    @property
    def visit(self) -> Visit:
        """The visit that speaks for the site: the best of them."""
        return self.visits[self.main]

    @property
    def others(self) -> Iterator[tuple[Visit, Reading]]:
        """The visits to the other addresses, and what their pages say."""
        for number, visit in enumerate(self.visits):
            if number != self.main:
                yield visit, self.readings[number] if self.readings else READ_WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the next run gets back."""

    failing: tuple[str, ...] = ()  # addresses that failed: they are tried first, so that they can be seen to recover
    unwell: bool = False  # the site gave no usable answer: the DNS is asked afresh
    good: LastGood | None = None  # the last answer that nothing was wrong with


WELL = Memory()
