"""Answers a scrape: our own registry, then the checks' lines, in the format and encoding that were asked for."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from agent.metrics.lines import Lines

_END = b"# EOF\n"
_FAST = 1  # level 9 costs ten times as much for a fifth fewer bytes
_REFUSED = re.compile(r"q\s*=\s*0(\.0{0,3})?")  # a weight of nothing (RFC 9110, 12.4.2)
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One scrape's answer, in pieces small enough to be made between two turns of the loop."""

    content_type: str
    encoding: str  # gzip, or empty
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Exposition:
    """All series, from our own registry and from lines."""

    registry: CollectorRegistry
    lines: Lines

    def answer(self, accept: str, accept_encoding: str) -> Answer:
        """Choose format and encoding by the two request headers."""
        encode, content_type = choose_encoder(accept)
        openmetrics = content_type.startswith("application/openmetrics-text")
        pieces = self._pieces(encode(self.registry), openmetrics=openmetrics)
        zipped = _takes_gzip(accept_encoding)
        return Answer(
            content_type=content_type, encoding="gzip" if zipped else "", pieces=_gzip(pieces) if zipped else pieces
        )

    def _pieces(self, own: bytes, *, openmetrics: bool) -> Iterator[bytes]:
        yield own.removesuffix(_END)
        yield from self.lines.chunks(openmetrics=openmetrics)
        if openmetrics:
            yield _END


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def _takes_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.split(","):
        coding, *parameters = (word.strip().lower() for word in part.split(";"))
        if coding in {"gzip", "*"}:
            return not any(_REFUSED.fullmatch(parameter) for parameter in parameters)
    return False
