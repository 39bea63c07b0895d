"""The wire between the daemon and a child: a length, a kind, and JSON."""

import asyncio
import struct
from enum import IntEnum

from checks.core.errors import VigieError

MAX_FRAME = 256 * 1024 * 1024  # bytes; an outcome carries its evidence
_HEAD = struct.Struct(">IB")


class Kind(IntEnum):
    """What a frame holds."""

    JOB = 1  # to the child: a job
    SILENT = 2  # to the child: the address families no reference answers on, as digits
    READY = 3  # from the child: it takes jobs
    BEAT = 4  # from the child: its loop turns
    OUTCOME = 5  # from the child: the outcome of a job


class BadFrame(VigieError):
    """What came is no frame of ours."""


def pack(kind: Kind, data: bytes = b"") -> bytes:
    """Return a frame."""
    return _HEAD.pack(len(data), kind) + data


async def read(reader: asyncio.StreamReader) -> tuple[Kind, bytes] | None:
    """Return the next frame, None at the end of the stream; raises `BadFrame`."""
    try:
        size, number = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if size > MAX_FRAME:
            raise BadFrame(f"a frame of {size} bytes")
        return Kind(number), await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return None
    except ValueError as error:
        raise BadFrame(str(error)) from error
