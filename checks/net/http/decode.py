"""Undoes content encodings within limits: what is cut or invalid is a failure, never half a page taken for a whole."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from checks.net.http.exchange import Limits, Oddity
from checks.net.http.failure import NetFailure, Reason, Stage

ENCODINGS = "gzip, deflate, br, zstd"
_MOST = 4  # encodings laid over one another
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8"})  # the last two are a common mistake, harmless
_SLOW = 256 * 1024  # bytes read one by one at most
_PARTS = 256  # gzip members or zstd frames in one body: each costs a copy of all that follow it
_WINDOW = 8 * 1024 * 1024  # zstd window that browsers accept (RFC 9659)


@dataclass(slots=True, kw_only=True)
class Decoded:
    """A body without its encodings, or as much of it as came before the failure."""

    body: bytes
    failure: NetFailure | None = None
    oddities: tuple[Oddity, ...] = ()


class _Bad(Exception):
    def __init__(self, said: str, part: bytes = b"") -> None:
        super().__init__(said)
        self.part = part


class _TooMuch(Exception):
    def __init__(self, part: bytes) -> None:
        super().__init__()
        self.part = part


def decode(body: bytes, encoding: str, limits: Limits) -> Decoded:
    """Undo `encoding` (the Content-Encoding field); an empty body needs none, an unknown encoding is left as it is."""
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name not in _PLAIN]
    if not names or not body:
        return Decoded(body=body)
    if len(names) > _MOST:
        return _bad(b"", f"{len(names)} encodings laid over one another")
    oddities: list[Oddity] = []
    most = _most(len(body), limits)
    for name in reversed(names):
        reader = _READERS.get(name)
        if reader is None:
            return Decoded(body=body, oddities=(*oddities, Oddity.UNKNOWN_ENCODING))
        try:
            body = reader(body, most, oddities)
        except _TooMuch as error:
            detail = f"more than {most} bytes once decoded"
            return Decoded(body=error.part, failure=NetFailure(Stage.BODY, Reason.TOO_LARGE, detail))
        except _Bad as error:
            return _bad(error.part, f"{name}: {error}")
    return Decoded(body=body, oddities=tuple(oddities))


def _most(wire: int, limits: Limits) -> int:
    """Decoded bytes allowed: the limit of a body, less for what swells beyond any real page."""
    return min(limits.body, max(limits.ratio_from, wire * limits.ratio))


def _bad(part: bytes, detail: str) -> Decoded:
    return Decoded(body=part, failure=NetFailure(Stage.BODY, Reason.BAD_ENCODING, detail))


def _gzip(body: bytes, most: int, _oddities: list[Oddity]) -> bytes:
    """RFC 1952: members one after the other; what follows the last and is no member is ignored, as browsers do."""
    out = b""
    for _ in range(_PARTS):
        member = zlib.decompressobj(wbits=31)
        out += _inflate(member, body, most - len(out), out)
        body = member.unused_data
        if not body.startswith(b"\x1f\x8b"):
            return out
    raise _Bad(f"more than {_PARTS} members", out)


def _deflate(body: bytes, most: int, oddities: list[Oddity]) -> bytes:
    """RFC 9110, 8.4.1.2, means the zlib format; servers that send raw deflate are understood by every browser."""
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    if wrapped:
        try:
            return _inflate(zlib.decompressobj(wbits=15), body, most, b"")
        except _Bad as error:
            if error.part:
                raise
    out = _inflate(zlib.decompressobj(wbits=-15), body, most, b"")
    oddities.append(Oddity.RAW_DEFLATE)
    return out


def _inflate(stream: "zlib._Decompress", body: bytes, most: int, before: bytes) -> bytes:
    try:
        out = stream.decompress(body, most + 1)
    except zlib.error as error:
        raise _Bad(str(error), before + _salvage(body)) from None
    if len(out) > most:
        raise _TooMuch(before + out[:most])
    if not stream.eof:
        raise _Bad("cut before its end", before + out)
    return out


def _salvage(body: bytes) -> bytes:
    """What can be read before the damage, for the evidence."""
    stream, out = zlib.decompressobj(wbits=47), b""
    try:
        for at in range(0, min(len(body), 65536), 256):
            out += stream.decompress(body[at : at + 256], 65536)
    except zlib.error:
        pass
    return out


def _brotli(body: bytes, most: int, _oddities: list[Oddity]) -> bytes:
    import brotli

    stream = brotli.Decompressor()
    try:
        out = bytes(stream.process(body, output_buffer_limit=most + 1))
        while not stream.can_accept_more_data() and len(out) <= most:
            out += stream.process(b"", output_buffer_limit=most + 1 - len(out))
    except brotli.error as error:
        return _brotli_to_its_end(body, most, str(error))
    if len(out) > most:
        raise _TooMuch(out[:most])
    if not stream.is_finished():
        raise _Bad("cut before its end", out)
    return out


def _brotli_to_its_end(body: bytes, most: int, said: str) -> bytes:
    """Read byte by byte where the library stumbled: bytes after the end are harmless, anything else is not."""
    import brotli

    stream, out = brotli.Decompressor(), bytearray()
    for at in range(min(len(body), _SLOW)):
        try:
            out += stream.process(body[at : at + 1], output_buffer_limit=most + 1)
        except brotli.error:
            raise _Bad(said, bytes(out)) from None
        if stream.is_finished():
            return bytes(out)
        if len(out) > most:
            raise _TooMuch(bytes(out[:most]))
    raise _Bad(said, bytes(out))


def _zstd(body: bytes, most: int, _oddities: list[Oddity]) -> bytes:
    import zstandard

    out, at = bytearray(), 0
    try:
        for _ in range(_PARTS):
            frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
            while not frame.eof:
                bite = body[at : at + 512]  # 512 bytes can swell to 20 MB, no more
                if not bite:
                    raise _Bad("cut before its end", bytes(out))
                out += frame.decompress(bite)
                at += len(bite) - len(frame.unused_data)
                if len(out) > most:
                    raise _TooMuch(bytes(out[:most]))
            if not body.startswith(b"\x28\xb5\x2f\xfd", at):
                return bytes(out)
        raise _Bad(f"more than {_PARTS} frames", bytes(out))
    except zstandard.ZstdError as error:
        raise _Bad(str(error), bytes(out)) from None


_READERS: dict[str, Callable[[bytes, int, list[Oddity]], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
