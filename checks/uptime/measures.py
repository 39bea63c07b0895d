"""The figures of one visit, under blackbox_exporter's names, so that existing dashboards and alerts go on working."""

from contextlib import suppress
from functools import lru_cache

from checks.core.model import Measure
from checks.net.http.exchange import Hop, Phases, Visit
from checks.parse.validity import NotDer, validity

_PHASES = {phase: (("phase", phase),) for phase in ("resolve", "connect", "tls", "processing", "transfer")}


@lru_cache(maxsize=1024)
def figure(name: str, value: float, labels: tuple[tuple[str, str], ...] = ()) -> Measure:
    """Return a measure of which there are few different ones."""
    return Measure(name=name, value=value, labels=labels)


def of_visit(visit: Visit, seconds: float, visits: tuple[Visit, ...]) -> list[Measure]:
    """Return what is measured whatever the verdict; of all `visits` only the certificate that ends first."""
    hops, reply = visit.hops, visit.reply
    last = hops[-1]
    address, handshake = last.address, last.handshake
    spent = hops[0].phases if len(hops) == 1 else _together(hops)
    found = [
        Measure(name="probe_duration_seconds", value=seconds),
        Measure(name="probe_dns_lookup_time_seconds", value=hops[0].phases.resolve / 1e9),
        _phase("resolve", spent.resolve),
        _phase("connect", spent.connect),
        _phase("tls", spent.tls),
        _phase("processing", spent.processing),
        _phase("transfer", spent.transfer),
        Measure(name="probe_http_content_length", value=reply.length if reply else 0),
        Measure(name="probe_http_uncompressed_body_length", value=len(reply.body) if reply else 0),
        *_few(
            reply.status if reply else 0,
            len(hops) - 1,
            reply.version if reply else "",
            "" if last.proxied or not address else "6" if ":" in address else "4",
            handshake is not None and handshake.failure is None and last.url.scheme == "https",
            handshake.version if handshake else "",
        ),
    ]
    met = hops if len(visits) == 1 else [hop for one in visits for hop in one.hops]
    expiries = [after for hop in met if hop.handshake and (after := _earliest(hop.handshake.chain)) is not None]
    if expiries:
        found.append(Measure(name="probe_ssl_earliest_cert_expiry", value=min(expiries)))
    return found


@lru_cache(maxsize=1024)
def _few(status: int, redirects: int, version: str, protocol: str, secure: bool, tls: str) -> tuple[Measure, ...]:
    """The measures of which there are few different ones: most sites answer 200 over IPv4, day after day."""
    found = [
        figure("probe_http_status_code", status),
        figure("probe_http_redirects", redirects),
        figure("probe_http_version", _version(version)),
    ]
    if protocol:
        found.append(figure("probe_ip_protocol", int(protocol)))
    found.append(figure("probe_http_ssl", int(secure)))
    if tls:
        found.append(figure("probe_tls_version_info", 1, (("version", tls.replace("TLSv", "TLS ")),)))
    return tuple(found)


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


@lru_cache(maxsize=16_384)
def _earliest(chain: tuple[bytes, ...]) -> float | None:
    """When the first certificate of a chain ends, Unix time; None when none can be read."""
    found = []
    for der in chain:
        with suppress(NotDer):
            found.append(validity(der)[1].timestamp())
    return min(found, default=None)


def _version(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
