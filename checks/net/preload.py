"""Whether browsers come to a host by https alone because their own list says so (HSTS preload)."""

import warnings
from enum import StrEnum
from functools import lru_cache


class Preload(StrEnum):
    """How a host stands in the list."""

    OWN = "own"  # by itself: it has to go on meeting the list's conditions
    ABOVE = "above"  # a parent includes it, such as the top-level domain .dev
    NO = "no"


@lru_cache(maxsize=16384)
def preload(host: str) -> Preload:
    """Return how the host stands in the list that is installed with the product."""
    parent = host.partition(".")[2]
    if not _listed(host):
        return Preload.NO
    return Preload.ABOVE if parent and _listed(parent) else Preload.OWN


def _listed(host: str) -> bool:
    import hstspreload  # a list of a hundred thousand names, read when first asked

    with warnings.catch_warnings():
        # It reads its list in a way that Python 3.11 and 3.12 call deprecated and 3.13 does not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return bool(hstspreload.in_hsts_preload(host))
