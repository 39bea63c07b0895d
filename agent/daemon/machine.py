"""Reads what the machine gives the process: descriptors, memory, disk."""

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

OUT_OF = frozenset({errno.EMFILE, errno.ENFILE})

_OPEN = Path("/proc/self/fd")
_STATM = Path("/proc/self/statm")
_CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_NO_LIMIT = 2**60  # bytes; what cgroup 1 says when there is none is near 2**63


def descriptors() -> tuple[int, int] | None:
    """How many descriptors are in use, and how many are allowed; None where the system does not tell."""
    allowed, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        return sum(1 for _ in _OPEN.iterdir()), allowed
    except OSError as error:
        return (allowed, allowed) if error.errno in OUT_OF else None


def memory() -> tuple[int, int] | None:
    """Bytes of resident memory, and the least of the limits on it; None without a limit."""
    limits = list(_limits())
    try:
        used = int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
    return (used, min(limits)) if limits else None


def free(folder: Path) -> int | None:
    """Bytes free on the disk of a folder, None when it cannot be said."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _limits() -> Iterator[int]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield soft
    for path in _CGROUPS:
        try:
            limit = int(path.read_text(encoding="ascii"))
        except (OSError, ValueError):  # none there, or "max"
            continue
        if limit < _NO_LIMIT:
            yield limit
