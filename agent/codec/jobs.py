"""Jobs as JSON: options and memory in the shape their check declares."""

from dataclasses import dataclass

from pydantic import JsonValue

from agent.codec.strict import Unreadable, adapter, read, write
from checks.core.model import Job, Key
from checks.core.registry import find

MAX_MEMORY = 64 * 1024  # bytes of JSON that a check may remember


@dataclass(frozen=True, slots=True, kw_only=True)
class WireJob:
    """The shape of a job on the wire; options and memory are read again in their check's own shape."""

    key: Key
    id: str
    kind: str
    target: str
    options: JsonValue
    memory: JsonValue
    timeout: float
    recheck_wait: float
    only: tuple[str, ...]


def encode_job(job: Job) -> bytes:
    """Return a job as JSON; secrets go as references."""
    check = find(job.kind)
    return write(
        WireJob,
        WireJob(
            key=job.key,
            id=job.id,
            kind=job.kind,
            target=job.target,
            options=adapter(check.options).dump_python(job.options, mode="json"),
            memory=None if check.memory is None else adapter(check.memory | None).dump_python(job.memory, mode="json"),
            timeout=job.timeout,
            recheck_wait=job.recheck_wait,
            only=tuple(sorted(job.only)),
        ),
    )


def decode_job(data: bytes) -> Job:
    """Return the job; raises `Unreadable`, or `VigieError` for an unknown kind."""
    wire: WireJob = read(WireJob, data)
    check = find(wire.kind)
    return Job(
        key=wire.key,
        id=wire.id,
        kind=wire.kind,
        target=wire.target,
        options=read(check.options, write(JsonValue, wire.options)),
        memory=None if wire.memory is None else read_memory(wire.kind, write(JsonValue, wire.memory)),
        timeout=wire.timeout,
        recheck_wait=wire.recheck_wait,
        only=frozenset(wire.only),
    )


def encode_memory(kind: str, memory: object) -> str:
    """Return what a check remembers as JSON text; raises `Unreadable` over 64 KiB or for a check without memory."""
    shape = find(kind).memory
    if shape is None:
        raise Unreadable(f"{kind} declares no memory")
    data = write(shape, memory)
    if len(data) > MAX_MEMORY:
        raise Unreadable(f"{kind} remembers {len(data)} bytes, more than {MAX_MEMORY}")
    return data.decode()


def read_memory(kind: str, text: str | bytes) -> object | None:
    """Return what a check remembers; raises `Unreadable`."""
    shape = find(kind).memory
    return None if shape is None else read(shape, text)


def decode_memory(kind: str, text: str) -> object | None:
    """Return what a check remembered; None when this version of the check reads it no more."""
    try:
        return read_memory(kind, text)
    except Unreadable:
        return None
