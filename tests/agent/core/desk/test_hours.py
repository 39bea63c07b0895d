"""What a run stands for until the next one, and how that becomes hours."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.desk.hours import Cursor, Span, Standing, Stretch, account, by_hour, standing
from agent.core.desk.verdict import Ended, Live, Policy, Recovering, Suspected, Track, advance
from checks.core.model import Presence
from tests.agent.kit import DOWN, T0, at

FINDING = DOWN.found("uptime")
LONG = timedelta(hours=3)
LETTERS = {"P": Presence.PRESENT, "A": Presence.ABSENT, "U": Presence.UNTESTED}


def play(runs: str, *, step: float = 1, holds: timedelta = LONG) -> tuple[Cursor | None, list[Stretch]]:
    """Run one letter every `step` minutes (a dot is a run that never came) and account for the time."""
    track: Track | None = None
    cursor: Cursor | None = None
    told: list[Stretch] = []
    for number, letter in enumerate(runs):
        if letter == ".":
            continue
        started, presence = at(step * number), LETTERS[letter]
        track, flip = advance(track, presence, FINDING if letter == "P" else None, started, Policy())
        tracks = () if track is None else (track,)
        ended = (flip,) if isinstance(flip, Ended) else ()
        cursor, stretches = account(cursor, started, presence is not Presence.UNTESTED, tracks, ended, holds)
        told += stretches
    return cursor, told


def drawn(stretches: list[Stretch], minutes: int) -> str:
    """Draw accounted time, one letter a minute: up, down, unknown, or a dot for not accounted for."""
    marks = ["."] * minutes
    for stretch in stretches:
        begin = (stretch.begin - T0) // timedelta(minutes=1)
        end = (stretch.end - T0) // timedelta(minutes=1)
        for minute in range(begin, end):
            assert marks[minute] == ".", "a minute is accounted for twice"
            marks[minute] = {Standing.UP: "u", Standing.DOWN: "d", Standing.UNKNOWN: "?"}[stretch.standing]
    return "".join(marks)


@pytest.mark.parametrize(
    ("runs", "minutes"),
    [
        pytest.param("A", ".", id="the-last-run-is-open"),
        pytest.param("AAA", "uu.", id="well-is-up-until-the-next-run"),
        pytest.param("APA", "uu.", id="one-bad-run-alone-is-up"),
        pytest.param("APPA", "udd.", id="down-from-the-first-bad-run-while-recovery-is-open"),
        pytest.param("APPAA", "uddu.", id="up-from-the-first-good-run-once-confirmed"),
        pytest.param("APPAP", "uddd.", id="a-good-run-alone-is-down"),
        pytest.param("AUA", "u?.", id="what-could-not-judge-is-unknown"),
        pytest.param("AP", "u.", id="a-suspicion-waits"),
        pytest.param("APUU", "u.?.", id="and-waits-over-runs-that-cannot-judge"),
        pytest.param("APUUP", "ud??.", id="until-it-is-confirmed"),
        pytest.param("APUUA", "uu??.", id="or-dismissed"),
        pytest.param("APPAUUA", "uddu??.", id="recovery-waits-too"),
        pytest.param("APPAUUP", "uddd??.", id="and-may-fail"),
        pytest.param("UUUA", "???.", id="unknown-from-the-first-run-on"),
        pytest.param("APPUUUA", "udd???.", id="unknown-while-down-is-unknown"),
    ],
)
def test_what_stood_between_two_runs(runs: str, minutes: str) -> None:
    assert drawn(play(runs)[1], len(runs)) == minutes


@pytest.mark.parametrize(
    ("runs", "minutes"),
    [
        pytest.param("A....A", "uu???.", id="beyond-what-a-run-stands-for-nobody-looked"),
        pytest.param("PP....A", "ddd???.", id="down-too"),
        pytest.param("A.A.A", "uuuu.", id="a-run-that-is-late-by-less-is-stood-for"),
    ],
)
def test_a_run_stands_for_so_long_only(runs: str, minutes: str) -> None:
    assert drawn(play(runs, holds=timedelta(minutes=2))[1], len(runs)) == minutes


def test_blindness_is_dated_to_its_first_run() -> None:
    assert play("AUUU")[0] == Cursor(at=at(3), judged=False, blind_since=at(1))
    assert play("AUUUA")[0] == Cursor(at=at(4), judged=True, blind_since=None)
    assert play("U")[0] == Cursor(at=at(0), judged=False, blind_since=at(0))


def test_what_is_held_is_kept_on_the_cursor() -> None:
    cursor, _told = play("APU")
    assert cursor is not None
    assert cursor.held == Span(begin=at(1), end=at(2))


def test_two_doubts_in_a_row_are_one() -> None:
    """Several subjects may be downtime: the doubt of one may follow that of another."""
    doubt = (Suspected(finding=FINDING, since=at(0), last=at(0), runs=1),)
    cursor = Cursor(at=at(1), judged=True, held=Span(begin=at(0), end=at(1)))
    moved, told = account(cursor, at(2), True, doubt, (), LONG)
    assert (moved.held, told) == (Span(begin=at(0), end=at(2)), ())


def test_a_clock_set_back_a_little_is_waited_for() -> None:
    cursor = Cursor(at=at(60), judged=True, held=Span(begin=at(50), end=at(60)))
    assert account(cursor, at(30), True, (), (), LONG) == (cursor, ())
    blind, _told = account(cursor, at(30), False, (), (), LONG)
    assert (blind.at, blind.judged, blind.blind_since) == (at(60), False, at(30))


def test_a_clock_set_back_a_lot_is_believed() -> None:
    cursor = Cursor(at=at(600), judged=True)
    assert account(cursor, at(0), False, (), (), LONG) == (Cursor(at=at(0), judged=False, blind_since=at(0)), ())


@pytest.mark.parametrize(
    ("track", "minute", "stood"),
    [
        pytest.param(Live(finding=FINDING, began=at(5)), 4, Standing.UP, id="before-it-began"),
        pytest.param(Live(finding=FINDING, began=at(5)), 5, Standing.DOWN, id="when-it-began"),
        pytest.param(
            Recovering(finding=FINDING, began=at(5), since=at(7), runs=1), 4, Standing.UP, id="before-recovering"
        ),
        pytest.param(
            Recovering(finding=FINDING, began=at(5), since=at(7), runs=1), 6, Standing.DOWN, id="before-recovery"
        ),
        pytest.param(Recovering(finding=FINDING, began=at(5), since=at(7), runs=1), 7, None, id="since-recovery"),
        pytest.param(
            Suspected(finding=FINDING, since=at(5), last=at(5), runs=1), 4, Standing.UP, id="before-a-suspicion"
        ),
        pytest.param(Suspected(finding=FINDING, since=at(5), last=at(5), runs=1), 5, None, id="since-a-suspicion"),
    ],
)
def test_how_a_check_stood(track: Track, minute: int, stood: Standing | None) -> None:
    assert standing(at(minute), (track,), ()) is stood


def test_how_a_check_stood_before_an_end() -> None:
    ended = (Ended(finding=FINDING, began=at(2), at=at(4)),)
    assert [standing(at(minute), (), ended) for minute in (1, 2, 3, 4)] == [
        Standing.UP,
        Standing.DOWN,
        Standing.DOWN,
        Standing.UP,
    ]


def test_hours_are_cut_at_the_hour() -> None:
    stretch = Stretch(begin=at(30), end=at(150), standing=Standing.DOWN)
    assert [(share.hour, share.length) for share in by_hour([stretch])] == [
        (at(0), timedelta(minutes=30)),
        (at(60), timedelta(hours=1)),
        (at(120), timedelta(minutes=30)),
    ]


@given(st.lists(st.tuples(st.sampled_from("PAU"), st.integers(1, 400)), min_size=1, max_size=60), st.integers(1, 600))
def test_every_moment_is_accounted_for_once_at_most(runs: list[tuple[str, int]], holds: int) -> None:
    track: Track | None = None
    cursor: Cursor | None = None
    told: list[Stretch] = []
    now = T0
    for letter, minutes in runs:
        now += timedelta(minutes=minutes)
        track, flip = advance(track, LETTERS[letter], FINDING if letter == "P" else None, now, Policy())
        tracks = () if track is None else (track,)
        ended = (flip,) if isinstance(flip, Ended) else ()
        cursor, stretches = account(cursor, now, letter != "U", tracks, ended, timedelta(minutes=holds))
        told += stretches
    first: datetime = T0 + timedelta(minutes=runs[0][1])
    told.sort(key=lambda stretch: stretch.begin)
    assert all(before.end <= after.begin for before, after in pairwise(told))
    held = timedelta() if cursor is None or cursor.held is None else cursor.held.end - cursor.held.begin
    assert sum((stretch.end - stretch.begin for stretch in told), timedelta()) + held == now - first
    shares = list(by_hour(told))
    assert sum((share.length for share in shares), timedelta()) + held == now - first
    assert all(share.length <= timedelta(hours=1) for share in shares)
