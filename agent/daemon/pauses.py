"""Keeps Python's own pauses short: a loop that stands still for a moment tells every timing of that moment wrong."""

import asyncio
import gc
import sys

# Objects between two collections of garbage, by generation. A run makes some hundred, so that with the usual 700
# most collections would look at runs that still go on.
THRESHOLDS = (5_000, 20, 10)
HAND_OVER = 0.0005  # seconds that the loop waits at most for a thread that computes; Python's own 5 ms would be seen
FIRST = 60.0  # seconds until what the first runs left is set aside; then twice as long each time


def shorten() -> None:
    """Set the interpreter up for a loop that others measure time on."""
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(HAND_OVER)


def set_aside(*, anew: bool = False) -> None:
    """Let collections no longer look at what is there now: it stays, and with 5,000 sites looking takes half a second.

    `anew`: first look at what was set aside before, as after a reload, which replaces most of it.
    """
    if anew:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


async def keep_short() -> None:
    """Set aside what comes to stay, seldomer and seldomer, until cancelled."""
    wait = FIRST
    while True:
        set_aside()
        await asyncio.sleep(wait)
        wait *= 2
