"""What it takes to believe that something broke, and that it is well again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.desk.verdict import Began, Changed, Ended, Flip, Live, Policy, Recovering, Suspected, Track, advance
from checks.core.model import Finding, Presence, Severity
from tests.agent.kit import BROKEN, DOWN, EXPIRED, EXPIRING, SLOW, TOLD, WRONG, at

LETTERS = {"P": Presence.PRESENT, "A": Presence.ABSENT, "U": Presence.UNTESTED}


def play(letters: str, finding: Finding, policy: Policy | None = None) -> list[str]:
    """Run one letter a minute; return the flips as words with the minute they are dated to."""
    track: Track | None = None
    told = []
    for minute, letter in enumerate(letters):
        presence = LETTERS[letter]
        seen = finding if presence is Presence.PRESENT else None
        track, flip = advance(track, presence, seen, at(minute), policy or Policy())
        if flip is not None:
            told.append(f"{minute} {word(flip)}")
    return told


def word(flip: Flip) -> str:
    minutes = (flip.at - at(0)) // timedelta(minutes=1)
    return f"{type(flip).__name__.lower()} at {minutes}"


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        pytest.param("P", [], id="one-bad-run-is-not-believed"),
        pytest.param("PP", ["1 began at 0"], id="two-that-agree-are-dated-to-the-first"),
        pytest.param("PAP", [], id="a-good-run-between-starts-the-count-anew"),
        pytest.param("PAPP", ["3 began at 2"], id="after-a-good-run-the-next-two-count"),
        pytest.param("PUP", ["2 began at 0"], id="a-run-that-tested-nothing-changes-nothing"),
        pytest.param("UUU", [], id="nothing-looked-at-is-nothing-wrong"),
        pytest.param("AAA", [], id="well-stays-well"),
        pytest.param("PPA", ["1 began at 0"], id="one-good-run-is-not-recovery"),
        pytest.param("PPAA", ["1 began at 0", "3 ended at 2"], id="two-good-runs-end-it-at-the-first"),
        pytest.param("PPAPAA", ["1 began at 0", "5 ended at 4"], id="a-bad-run-between-starts-recovery-anew"),
        pytest.param("PPAUUA", ["1 began at 0", "5 ended at 2"], id="untested-runs-do-not-break-recovery"),
        pytest.param("PPUUUU", ["1 began at 0"], id="untested-never-ends-it"),
        pytest.param("PPAAPP", ["1 began at 0", "3 ended at 2", "5 began at 4"], id="it-may-begin-again"),
    ],
)
def test_a_rule_about_the_network_needs_two_runs(runs: str, told: list[str]) -> None:
    assert play(runs, DOWN.found("uptime")) == told


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        pytest.param("P", ["0 began at 0"], id="one-run-is-enough"),
        pytest.param("PA", ["0 began at 0", "1 ended at 1"], id="one-good-run-ends-it"),
        pytest.param("PUA", ["0 began at 0", "2 ended at 2"], id="untested-moves-nothing"),
        pytest.param("PPP", ["0 began at 0"], id="it-begins-once"),
    ],
)
def test_a_fact_needs_one_run(runs: str, told: list[str]) -> None:
    assert play(runs, EXPIRED.found("shop.example:443")) == told


def test_info_never_begins() -> None:
    assert play("PPPP", TOLD.found("x")) == []
    assert play("PPPP", DOWN.found("uptime", severity=Severity.INFO)) == []


def test_a_grave_finding_that_became_info_is_gone() -> None:
    track, _flip = advance(None, Presence.PRESENT, EXPIRED.found("x"), at(0), Policy())
    track, flip = advance(track, Presence.PRESENT, EXPIRED.found("x", severity=Severity.INFO), at(1), Policy())
    assert track is None
    assert isinstance(flip, Ended)


def test_an_info_rule_made_graver_is_a_fact() -> None:
    assert play("PA", TOLD.found("x", severity=Severity.MINOR)) == ["0 began at 0", "1 ended at 1"]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        pytest.param(EXPIRING.found("x"), EXPIRED.found("x"), {"rule", "severity"}, id="expiring-becomes-expired"),
        pytest.param(EXPIRING.found("x"), EXPIRING.found("x", severity=Severity.MAJOR), {"severity"}, id="graver"),
        pytest.param(DOWN.found("x", reason="a"), DOWN.found("x", reason="b"), {"reason"}, id="a-watched-fact"),
        pytest.param(DOWN.found("x", ms=1), DOWN.found("x", ms=2), set(), id="facts-that-move-by-themselves"),
        pytest.param(DOWN.found("x"), DOWN.found("x"), set(), id="the-same"),
    ],
)
def test_what_changed(before: Finding, after: Finding, what: set[str]) -> None:
    track: Track | None = Live(finding=before, began=at(0))
    track, flip = advance(track, Presence.PRESENT, after, at(1), Policy())
    assert track == Live(finding=after, began=at(0))
    if what:
        assert flip == Changed(finding=after, before=before, what=frozenset(what), at=at(1))
    else:
        assert flip is None


def test_two_rules_of_one_family_confirm_each_other() -> None:
    track, _flip = advance(None, Presence.PRESENT, DOWN.found("uptime"), at(0), Policy())
    _track, flip = advance(track, Presence.PRESENT, WRONG.found("uptime"), at(1), Policy())
    assert flip == Began(finding=WRONG.found("uptime"), at=at(0), runs=2)


def test_recovery_is_broken_by_a_change() -> None:
    track: Track | None = Recovering(finding=DOWN.found("uptime", reason="a"), began=at(0), since=at(2), runs=1)
    track, flip = advance(track, Presence.PRESENT, DOWN.found("uptime", reason="b"), at(3), Policy())
    assert track == Live(finding=DOWN.found("uptime", reason="b"), began=at(0))
    assert isinstance(flip, Changed)


def test_an_old_suspicion_lapses() -> None:
    policy = Policy(lapse=timedelta(minutes=3))
    assert play("PUUP", DOWN.found("uptime"), policy) == ["3 began at 0"]
    assert play("PUUUP", DOWN.found("uptime"), policy) == []
    assert play("PUUUPP", DOWN.found("uptime"), policy) == ["5 began at 4"]


def test_a_clock_set_back_never_restores_before_the_beginning() -> None:
    track, flip = advance(Live(finding=BROKEN.found("x"), began=at(10)), Presence.ABSENT, None, at(5), Policy())
    assert track is None
    assert flip == Ended(finding=BROKEN.found("x"), began=at(10), at=at(10))


def test_a_present_anomaly_needs_its_finding() -> None:
    with pytest.raises(ValueError, match="needs its finding"):
        advance(None, Presence.PRESENT, None, at(0), Policy())


FINDINGS = st.sampled_from([DOWN.found("x"), WRONG.found("x"), SLOW.found("x"), TOLD.found("x")])
RUNS = st.lists(st.tuples(st.sampled_from(Presence), FINDINGS), max_size=40)


@given(RUNS)
def test_begins_and_ends_alternate_and_dates_never_run_backwards(runs: list[tuple[Presence, Finding]]) -> None:
    track: Track | None = None
    last = at(-1)
    live = False
    for minute, (presence, finding) in enumerate(runs):
        before = track
        seen = finding if presence is Presence.PRESENT else None
        track, flip = advance(track, presence, seen, at(minute), Policy())
        if presence is Presence.UNTESTED:
            assert (track, flip) == (before, None)
        match flip:
            case Began():
                assert not live
                live = True
            case Ended():
                assert live
                assert presence is not Presence.UNTESTED
                live = False
            case Changed():
                assert live
            case None:
                pass
        if isinstance(flip, Began | Ended):
            assert last < flip.at <= at(minute)
            last = flip.at
        assert live == isinstance(track, Live | Recovering)


@given(st.lists(st.sampled_from("PAU"), max_size=30))
def test_untested_runs_can_be_left_out(letters: list[str]) -> None:
    runs = "".join(letters)

    def kinds(played: list[str]) -> list[str]:
        return [told.split()[1] for told in played]

    assert kinds(play(runs, DOWN.found("x"))) == kinds(play(runs.replace("U", ""), DOWN.found("x")))


def test_a_suspicion_says_since_when() -> None:
    track, _flip = advance(None, Presence.PRESENT, DOWN.found("x"), at(4), Policy())
    assert track == Suspected(finding=DOWN.found("x"), since=at(4), last=at(4), runs=1)
