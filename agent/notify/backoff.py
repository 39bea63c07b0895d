"""Decides when a delivery that failed is tried again; pure."""

FIRST = 1.0  # seconds
MOST = 900.0  # seconds
SPREAD = 0.25  # of the wait, so that what failed together does not come back together


def wait(attempts: int, draw: float, asked: float | None = None) -> float:
    """Return the seconds before the next attempt, after `attempts` that failed; `draw` is a random number in [0, 1).

    When the other side `asked` for a time, it is not disturbed earlier, but neither trusted beyond the most.
    """
    doubled = FIRST * 2.0 ** min(attempts - 1, 20)
    own = min(MOST, doubled * (1 + SPREAD * draw))
    return own if asked is None else min(MOST, max(own, asked))
