"""Scrapes the daemon as Prometheus does, and reads the pages once the measuring is over."""

import gzip
import re
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SAMPLE = re.compile(rb"^(?P<name>\w+)\{(?P<labels>[^}]*)\} (?P<value>\S+)$", re.MULTILINE)
_SITE = re.compile(rb'site="(site\d+)"')
_PHASE = re.compile(rb'phase="(\w+)"')
_LAG = re.compile(rb'^vigie_scheduler_lag_seconds_bucket\{le="(\S+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Probe:
    """One run as the daemon tells it: Unix time of its end, and phases in seconds."""

    site: str
    ended: float
    tls: float
    processing: float
    well: bool


def scrape(port: int) -> bytes:
    """Return the page as it came, zipped."""
    url = f"http://127.0.0.1:{port}/metrics"
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def probes(pages: Sequence[bytes]) -> list[Probe]:
    """Return every run that one of the pages shows, each once."""
    found = {(probe.site, probe.ended): probe for page in pages for probe in _probes(gzip.decompress(page))}
    return list(found.values())


def _probes(text: bytes) -> Iterator[Probe]:
    ended: dict[str, float] = {}
    well: dict[str, float] = {}
    spent: dict[tuple[str, str], float] = {}
    for sample in _SAMPLE.finditer(text):
        site = _SITE.search(sample["labels"])
        if site is None:
            continue
        name, value = site[1].decode(), float(sample["value"])
        match sample["name"]:
            case b"vigie_check_last_run_timestamp_seconds":
                ended[name] = value
            case b"probe_success":
                well[name] = value
            case b"probe_http_duration_seconds":
                phase = _PHASE.search(sample["labels"])
                spent[name, phase[1].decode() if phase else ""] = value
    for name, at in ended.items():
        if (name, "tls") in spent:
            yield Probe(name, at, spent[name, "tls"], spent[name, "processing"], well.get(name) == 1)


def lags(page: bytes) -> dict[float, float]:
    """Return how many firings were at most so many seconds late."""
    return {float(bound): float(count) for bound, count in _LAG.findall(gzip.decompress(page))}


@dataclass(slots=True)
class Scraper:
    """Scrapes every `every` seconds while somebody waits."""

    port: int
    every: float

    def through(self, seconds: float) -> list[bytes]:
        """Return the pages of so many seconds, the first at once, the last at their end."""
        pages, began = [scrape(self.port)], time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            time.sleep(min(self.every, left))
            pages.append(scrape(self.port))
        return pages
