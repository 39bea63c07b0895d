"""The figures of one visit, under blackbox_exporter's names, so that existing dashboards and alerts go on working."""

from collections.abc import Iterator
from functools import lru_cache

from checks.core.model import Measure
from checks.net.http.exchange import Hop, Phases, Visit
from checks.parse.validity import NotDer, validity

_PHASES = {phase: (("phase", phase),) for phase in ("resolve", "connect", "tls", "processing", "transfer")}


@lru_cache(maxsize=1024)
def figure(name: str, value: float, labels: tuple[tuple[str, str], ...] = ()) -> Measure:
    """Return a measure of which there are few different ones: most sites answer 200 over IPv4, day after day."""
    return Measure(name=name, value=value, labels=labels)


def of_visit(visit: Visit, seconds: float, visits: tuple[Visit, ...]) -> list[Measure]:
    """Return what is measured whatever the verdict; of all `visits` only the certificate that ends first."""
    hops, reply = visit.hops, visit.reply
    spent = hops[0].phases if len(hops) == 1 else _together(hops)
    found = [
        Measure(name="probe_duration_seconds", value=seconds),
        Measure(name="probe_dns_lookup_time_seconds", value=hops[0].phases.resolve / 1e9),
        _phase("resolve", spent.resolve),
        _phase("connect", spent.connect),
        _phase("tls", spent.tls),
        _phase("processing", spent.processing),
        _phase("transfer", spent.transfer),
        figure("probe_http_status_code", reply.status if reply else 0),
        figure("probe_http_content_length", reply.length if reply else 0),
        figure("probe_http_uncompressed_body_length", len(reply.body) if reply else 0),
        figure("probe_http_redirects", len(hops) - 1),
        figure("probe_http_version", _version(reply.version) if reply else 0),
    ]
    found += _of_last(hops[-1])
    met = hops if len(visits) == 1 else [hop for one in visits for hop in one.hops]
    expiries = [after for hop in met if hop.handshake for after in _expiries(hop.handshake.chain)]
    if expiries:
        found.append(Measure(name="probe_ssl_earliest_cert_expiry", value=min(expiries)))
    return found


def _phase(name: str, nanoseconds: int) -> Measure:
    if not nanoseconds:
        return figure("probe_http_duration_seconds", 0.0, _PHASES[name])
    return Measure(name="probe_http_duration_seconds", value=nanoseconds / 1e9, labels=_PHASES[name])


def _together(hops: tuple[Hop, ...]) -> Phases:
    all_phases = [hop.phases for hop in hops]
    return Phases(
        resolve=sum(phases.resolve for phases in all_phases),
        connect=sum(phases.connect for phases in all_phases),
        tls=sum(phases.tls for phases in all_phases),
        processing=sum(phases.processing for phases in all_phases),
        transfer=sum(phases.transfer for phases in all_phases),
    )


def _of_last(last: Hop) -> Iterator[Measure]:
    address, handshake = last.address, last.handshake
    if address and not last.proxied:
        yield figure("probe_ip_protocol", 6 if ":" in address else 4)
    secure = handshake is not None and handshake.failure is None and last.url.scheme == "https"
    yield figure("probe_http_ssl", int(secure))
    if handshake is not None and handshake.version:
        yield figure("probe_tls_version_info", 1, (("version", handshake.version.replace("TLSv", "TLS ")),))


def _expiries(chain: tuple[bytes, ...]) -> Iterator[float]:
    for der in chain:
        try:
            yield validity(der)[1].timestamp()
        except NotDer:
            continue


@lru_cache(maxsize=64)
def _version(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
