"""Takes from the system what it allows: every run needs descriptors, and the usual soft limit is for older programs."""

import logging
import resource

log = logging.getLogger("vigie.agent")

ENOUGH = 16_384  # descriptors for some thousand runs at once


def raise_descriptors() -> int:
    """Raise our own limit of open files as far as we may and need; return what is allowed now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError) as error:
            log.warning("%d files may be open at once; the limit cannot be raised: %s", soft, error)
        else:
            soft = wanted
    return soft
