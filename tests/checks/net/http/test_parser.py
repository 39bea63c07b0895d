"""The parser under hypothesis: no crash, no verdict that depends on how packets fall, no part taken for the whole."""

import gc
import gzip
import zlib
from itertools import pairwise

import brotli
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.net.http.decode import decode
from checks.net.http.exchange import DEFAULT_LIMITS, Limits
from checks.net.http.failure import Reason
from checks.net.http.parser import Answer
from tests.lab.http.answers import ANSWERS

BODY = b"<p>Une page ordinaire</p>" * 8
ZIPPED = gzip.compress(BODY)
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
ZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(ZIPPED), ZIPPED)
TO_CLOSE = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + ZIPPED
IN_CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
ENCODED = {
    "gzip": ZIPPED,
    "deflate": zlib.compress(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstandard.compress(BODY),
    "br, gzip": gzip.compress(brotli.compress(BODY)),
}
SPELLINGS = [b"%b: %b", b"%b:%b", b"%b : %b", b"%b\t: %b", b"%b:\t%b", b"%b:  %b  ", b"%b:\r\n %b", b"broken\r\n%b: %b"]
WHOLE = [LENGTH, CHUNKS, ZIP]
WORDS = [b"HTTP/1.1 ", b"200", b" OK", b"\r\n", b"\n", b"\r", b":", b" ", b"\0", b"Content-Length: ", b"Content-Length",
         b"Transfer-Encoding: chunked\r\n", b"5", b"-1", b"ffffffffffffffff", b"0\r\n\r\n", b"\xff",
         b"HTTP/1.1 100 C\r\n\r\n"]  # fmt: skip


def read(data: bytes, cuts: list[int], *, reset: bool = False, limits: Limits = DEFAULT_LIMITS) -> Answer:
    answer = Answer(limits)
    bounds = [0, *sorted(cut for cut in cuts if 0 < cut < len(data)), len(data)]
    for start, end in pairwise(bounds):
        if not answer.over and end > start:
            answer.feed(data[start:end])
    answer.ended(reset=reset)
    return answer


def verdict(answer: Answer) -> tuple[bool, int, bytes, Reason | None]:
    page = b"".join(answer.pieces) if answer.complete else b""
    return answer.complete, answer.status, page, answer.failure.reason if answer.failure else None


anything = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=30).map(b"".join),
    st.lists(st.sampled_from(WORDS), max_size=20).map(lambda words: b"HTTP/1.1 200 OK\r\n" + b"".join(words)),
)
places = st.lists(st.integers(0, 400), max_size=6)


@settings(max_examples=400, deadline=None)
@given(data=anything, cuts=places, reset=st.booleans())
@example(data=b"HTTP/1.1 200 OK\r\nbroken\r\nContent-Length: 3\r\n\r\nabc", cuts=[20, 24, 30], reset=False)
def test_any_bytes_end_in_a_verdict_that_packets_do_not_change(data: bytes, cuts: list[int], reset: bool) -> None:
    answer = read(data, cuts, reset=reset)
    assert answer.over
    assert verdict(answer) == verdict(read(data, [], reset=reset))
    assert verdict(answer) == verdict(read(data, list(range(len(data))), reset=reset))


@settings(max_examples=200, deadline=None)
@given(whole=st.sampled_from(WHOLE), end=st.integers(0, 400), reset=st.booleans())
def test_a_part_is_never_taken_for_the_whole(whole: bytes, end: int, reset: bool) -> None:
    cut = whole[: min(end, len(whole) - 1)]
    assert not read(cut, [], reset=reset).complete
    assert read(whole, []).complete


@settings(max_examples=200, deadline=None)
@given(
    spell=st.sampled_from(SPELLINGS),
    framing=st.sampled_from(
        [(b"Content-Length", b"%d" % len(BODY), BODY), (b"Transfer-Encoding", b"chunked", IN_CHUNKS)]
    ),
    missing=st.integers(1, 80),
    reset=st.booleans(),
)
def test_a_part_is_not_taken_for_the_whole_however_its_length_is_written(
    spell: bytes, framing: tuple[bytes, bytes, bytes], missing: int, reset: bool
) -> None:
    name, value, body = framing
    whole = b"HTTP/1.1 200 OK\r\nX-A: b\r\n" + spell % (name, value) + b"\r\nX-B: c\r\n\r\n" + body
    assert read(whole, []).complete
    assert not read(whole[:-missing], [], reset=reset).complete


@settings(max_examples=200, deadline=None)
@given(encoding=st.sampled_from(sorted(ENCODED)), missing=st.integers(1, 400), most=st.integers(100, 10_000))
def test_a_compressed_page_that_was_cut_never_decodes(encoding: str, missing: int, most: int) -> None:
    whole = ENCODED[encoding]
    assert decode(whole, encoding, DEFAULT_LIMITS).body == BODY
    cut = decode(whole[: max(1, len(whole) - missing)], encoding, Limits(body=most))
    assert cut.failure is not None
    assert BODY.startswith(cut.body) or "," in encoding  # of two layers the outer one is what was read


@settings(max_examples=200, deadline=None)
@given(end=st.integers(40, 300))
def test_a_compressed_page_without_a_length_is_not_taken_for_whole_either(end: int) -> None:
    answer = read(TO_CLOSE[: min(end, len(TO_CLOSE) - 1)], [])
    if answer.complete and answer.pieces:
        assert decode(b"".join(answer.pieces), "gzip", DEFAULT_LIMITS).failure is not None


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(ZIP) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_never_shows_another_page(at: int, bit: int) -> None:
    changed = bytearray(ZIP)
    changed[at] ^= 1 << bit
    answer = read(bytes(changed), [])
    if answer.complete and answer.status == 200 and answer.field(b"content-encoding") == b"gzip":
        decoded = decode(b"".join(answer.pieces), "gzip", DEFAULT_LIMITS)
        assert decoded.failure is not None or decoded.body == BODY


@settings(max_examples=200, deadline=None)
@given(encoding=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "x"]), body=st.binary(max_size=400))
def test_any_body_under_any_encoding_ends_in_bounds(encoding: str, body: bytes) -> None:
    decoded = decode(body, encoding, Limits(body=1000, ratio_from=1000))
    assert len(decoded.body) <= 1000


def test_the_limits_hold_however_small_the_packets() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"X-A: %b\r\n" % (b"a" * 500)
    answer = read(head + b"Content-Length: 0\r\n\r\n", list(range(700)), limits=Limits(head=300))
    assert answer.failure is not None
    assert answer.failure.reason is Reason.TOO_LARGE


def test_the_lab_knows_every_reason_that_an_answer_can_have() -> None:
    known = {behaviour.reason for behaviour in ANSWERS}
    assert known >= {
        "truncated",
        "bad_http",
        "bad_encoding",
        "too_large",
        "timeout_headers",
        "timeout_body",
        "connect_reset",
    }


def test_an_answer_that_let_go_needs_no_collection_to_be_freed() -> None:
    gc.collect()
    gc.disable()
    try:
        answer = read(LENGTH, [])
        answer.let_go()
        assert answer.complete
        del answer
        assert gc.collect() == 0
    finally:
        gc.enable()
