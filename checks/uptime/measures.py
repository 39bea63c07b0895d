"""The figures of one visit, under blackbox_exporter's names, so that existing dashboards and alerts go on working."""

from collections.abc import Iterator

from checks.core.model import Measure
from checks.net.http.exchange import Visit
from checks.parse.validity import NotDer, validity

_PHASES = tuple((phase, (("phase", phase),)) for phase in ("resolve", "connect", "tls", "processing", "transfer"))


def of_visit(visit: Visit, seconds: float) -> Iterator[Measure]:
    """Yield what is measured whatever the verdict."""
    hops, reply = visit.hops, visit.reply
    yield Measure(name="probe_duration_seconds", value=seconds)
    yield Measure(name="probe_dns_lookup_time_seconds", value=hops[0].phases.resolve / 1e9)
    for phase, labels in _PHASES:
        spent = sum(getattr(hop.phases, phase) for hop in hops)
        yield Measure(name="probe_http_duration_seconds", value=spent / 1e9, labels=labels)
    yield Measure(name="probe_http_status_code", value=reply.status if reply else 0)
    yield Measure(name="probe_http_content_length", value=reply.length if reply else 0)
    yield Measure(name="probe_http_uncompressed_body_length", value=len(reply.body) if reply else 0)
    yield Measure(name="probe_http_redirects", value=len(hops) - 1)
    yield Measure(name="probe_http_version", value=_version(reply.version) if reply else 0)
    yield from _of_last(visit)


def _of_last(visit: Visit) -> Iterator[Measure]:
    last = visit.last
    if last.address:
        yield Measure(name="probe_ip_protocol", value=6 if ":" in last.address else 4)
    handshake = last.handshake
    secure = last.url.scheme == "https" and handshake is not None and handshake.failure is None
    yield Measure(name="probe_http_ssl", value=int(secure))
    if handshake is not None and handshake.version:
        version = handshake.version.replace("TLSv", "TLS ")
        yield Measure(name="probe_tls_version_info", value=1, labels=(("version", version),))
    expiries = [after for hop in visit.hops if hop.handshake for after in _expiries(hop.handshake.chain)]
    if expiries:
        yield Measure(name="probe_ssl_earliest_cert_expiry", value=min(expiries))


def _expiries(chain: tuple[bytes, ...]) -> Iterator[float]:
    for der in chain:
        try:
            yield validity(der)[1].timestamp()
        except NotDer:
            continue


def _version(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
