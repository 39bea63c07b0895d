"""Reads one HTTP/1.1 answer as browsers read it, and judges for itself whether it came whole."""

import time
from collections.abc import Callable
from typing import Final

import httptools

from checks.net.http.exchange import Limits, Oddity
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.http.mend import Unmendable, mend

Fields = list[tuple[bytes, bytes]]
Wanted = Callable[[int, Fields], int | None]  # status and fields → how many bytes of the body are wanted; None: all

_now: Final = time.perf_counter_ns
_MOST_INTERIM: Final = 16  # answers 1xx before the final one
# Not `lenient_optional_lf_after_cr`: with it a "\r\r\n" ends the head, and the rest of it becomes the page.
_LENIENCIES: Final = {
    "lenient_headers": True,
    "lenient_chunked_length": True,
    "lenient_keep_alive": True,
    "lenient_transfer_encoding": True,
    "lenient_version": True,
    "lenient_data_after_close": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_optional_crlf_after_chunk": True,
    "lenient_spaces_after_chunk_size": True,
}
_HTTP: Final = b"HTTP/"


class Answer:
    """One answer while it comes in; either `complete` or `failure` ends it."""

    __slots__ = (
        "_at",
        "_head",
        "_head_only",
        "_head_size",
        "_index",
        "_interim",
        "_limits",
        "_parser",
        "_wanted",
        "complete",
        "failure",
        "fields",
        "first",
        "headed",
        "kept_alive",
        "left",
        "oddities",
        "partial",
        "pieces",
        "reason",
        "size",
        "status",
        "version",
    )  # fmt: skip

    def __init__(self, limits: Limits, *, head_only: bool = False, wanted: Wanted | None = None) -> None:
        self._limits = limits
        self._head_only = head_only
        self._wanted = wanted
        self._parser = self._reader()
        self._head: list[bytes] = []  # as received, until the head is whole
        self._head_size = 0
        self._interim = 0
        self.status = 0
        self.reason = b""
        self.version = ""
        self.fields: Fields = []
        self._index: dict[bytes, bytes] = {}  # the first field of each name, in lower case
        self.pieces: list[bytes] = []
        self.size = 0  # bytes of the body so far
        self.left = limits.body  # bytes of the body still wanted
        self._at = 0  # when what is being read came
        self.first = 0  # when the first byte came, and when the head was whole: perf_counter_ns
        self.headed = 0
        self.complete = False
        self.partial = False  # we stopped reading because the rest was not wanted
        self.kept_alive = False
        self.failure: NetFailure | None = None
        self.oddities: list[Oddity] = []

    def _reader(self) -> httptools.HttpResponseParser:
        parser = httptools.HttpResponseParser(self)
        parser.set_dangerous_leniencies(**_LENIENCIES)
        return parser

    @property
    def over(self) -> bool:
        """Whether nothing more is to be read."""
        return self.complete or self.failure is not None

    def feed(self, data: bytes, at: int = 0) -> None:
        """Take in what came; `at`: when, by perf_counter_ns (0: now)."""
        if not self.headed:
            self._at = at or _now()
            self.first = self.first or self._at
            self._head.append(data)
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, "the server switches protocols unasked")
        except httptools.HttpParserError as error:
            self._misread(error)
        if not self.headed and self._head_size > self._limits.head and not self.over:
            self._fail(Stage.HEADERS, Reason.TOO_LARGE, f"more than {self._limits.head} bytes before the head ended")

    def _misread(self, error: httptools.HttpParserError) -> None:
        if self.complete:
            self._note(Oddity.EXTRA_BYTES)
        elif self.headed:
            self._fail(Stage.BODY, Reason.BAD_HTTP, str(error))
        elif self.failure is None:
            self._mend(str(error))

    def _mend(self, said: str) -> None:
        """Read a head again that the parser refuses and browsers do not."""
        head = b"".join(self._head)
        try:
            mended = mend(head)
        except Unmendable as error:
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, f"{said}: {error}" if str(error) else said)
            return
        if mended is None:  # the rest of the head is still to come
            self._parser = _Waits(said)
            return
        self._parser = self._reader()
        self.fields, self.reason, self._index = [], b"", {}
        self._note(Oddity.LENIENT)
        for oddity in mended.oddities:
            self._note(oddity)
        try:
            self._parser.feed_data(mended.data)
        except httptools.HttpParserError as error:
            if self.complete:
                self._note(Oddity.EXTRA_BYTES)
            else:
                self._fail(Stage.HEADERS, Reason.BAD_HTTP, str(error))

    def ended(self, *, reset: bool, notified: bool = True) -> None:
        """Take in that the connection is over; `notified` tells whether TLS said so."""
        if self.over:
            return
        if not self.first:
            said = (
                "the connection was reset before an answer" if reset else "the connection was closed without an answer"
            )
            self._fail(Stage.HEADERS, Reason.CONNECT_RESET if reset else Reason.TRUNCATED, said)
        elif not self.headed:
            self._fail(Stage.HEADERS, *self._half_a_head())
        elif not self._until_close() or reset:
            how = "reset" if reset else "closed"
            self._fail(Stage.BODY, Reason.TRUNCATED, f"the connection was {how} after {self.size} bytes{self._of()}")
        else:
            self._note(Oddity.UNTIL_CLOSE)
            if not notified:
                self._note(Oddity.NO_CLOSE_NOTIFY)
            self.complete = True

    def let_go(self) -> None:
        """Drop the parser, after which nothing more is fed: the two hold each other, and the page with them.

        Only a collection of garbage would free them, and one that has something to free holds the loop.
        """
        del self._parser

    def _half_a_head(self) -> tuple[Reason, str]:
        start = b"".join(self._head)[:64].lstrip()
        if start[: len(_HTTP)].upper() != _HTTP[: len(start)]:
            return Reason.BAD_HTTP, f"not an HTTP answer: {start[:40]!r}"
        return Reason.TRUNCATED, "the connection was closed in the middle of the head"

    def _of(self) -> str:
        length = self.field(b"content-length")
        return f" of {length.decode('latin-1')}" if length else ""

    def field(self, name: bytes) -> bytes:
        """The first field of that name, in lower case; b"" for none."""
        return self._index.get(name, b"")

    def _until_close(self) -> bool:
        """RFC 9112, 6.3: without a length the body ends with the connection."""
        return not self.field(b"content-length") and b"chunked" not in self.field(b"transfer-encoding").lower()

    # What httptools calls.

    def on_message_begin(self) -> None:
        """An answer begins, or what follows ours."""
        if self.complete:
            self._note(Oddity.EXTRA_BYTES)

    def on_status(self, reason: bytes) -> None:
        """The reason phrase, or a piece of it."""
        if not self.complete:
            self.reason += reason  # comes in pieces when the packet did

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field."""
        if not self.complete:
            self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self.complete or self.failure is not None:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._between(status)
            return
        self.status = status
        self.version = self._parser.get_http_version()
        self.headed = self._at
        self._check_head()
        self._head.clear()
        if self._head_only:
            self.complete = True
        elif self._wanted is not None and self.failure is None:
            wanted = self._wanted(status, self.fields)
            if wanted is not None:
                self.left, self.partial = min(wanted, self._limits.body), True
                self.complete = wanted <= 0

    def _between(self, status: int) -> None:
        self._interim += 1
        if status == 101:
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, "the server switches protocols unasked")
        elif self._interim > _MOST_INTERIM:
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, "interim answers without end")

    def _check_head(self) -> None:
        index = self._index
        head = self._head[0] if len(self._head) == 1 else b"".join(self._head)
        end = head.find(b"\r\n\r\n")
        if head.find(b" :", 0, end if end >= 0 else len(head)) >= 0:
            self._trim_names()
        for name, value in self.fields:
            index.setdefault(name.lower(), value)
        plain = end >= 0 and head.count(b"\n", 0, end) == head.count(b"\r\n", 0, end)
        size = end if plain else sum([len(name) + len(value) + 4 for name, value in self.fields])
        if size > self._limits.head or len(self.fields) > self._limits.fields:
            self._fail(Stage.HEADERS, Reason.TOO_LARGE, f"{len(self.fields)} header fields of {size} bytes")
        elif self.status < 100:
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, f"status {self.status:03}")
        elif head.find(b"\0", 0, end if plain else len(head)) >= 0 and self._has_nul():
            self._fail(Stage.HEADERS, Reason.BAD_HTTP, "a NUL in a header field")
        coding = index.get(b"transfer-encoding")
        if coding and (coding.strip().lower() not in (b"chunked", b"identity") or not self._is_one_coding(coding)):
            self._fail(Stage.HEADERS, Reason.BAD_ENCODING, f"transfer encoding {coding.decode('latin-1')!r}")
        if not self.reason:
            self._note(Oddity.NO_REASON)
        if not plain:
            self._note(Oddity.BARE_LF)

    def _trim_names(self) -> None:
        """The parser takes "Content-Length : 5" for a length, and leaves the space in the name."""
        trimmed = [(name.strip(), value) for name, value in self.fields]
        if trimmed != self.fields:
            self.fields = trimmed
            self._note(Oddity.LENIENT)

    def _is_one_coding(self, coding: bytes) -> bool:
        """Whether every field that names a transfer encoding names this one."""
        said = {value.strip().lower() for name, value in self.fields if name.lower() == b"transfer-encoding"}
        return said == {coding.strip().lower()}

    def _has_nul(self) -> bool:
        return any(b"\0" in value for _name, value in self.fields)

    def on_body(self, piece: bytes) -> None:
        """A piece of the body, without framing."""
        if self.complete or self.failure is not None:
            return
        self.size += len(piece)
        self.pieces.append(piece)
        if self.partial:
            self.complete = self.size >= self.left
        elif self.size > self.left:
            self._fail(Stage.BODY, Reason.TOO_LARGE, f"more than {self._limits.body} bytes")

    def on_message_complete(self) -> None:
        """The message is whole."""
        if self.complete or self.failure is not None:
            return
        if not self.headed:  # the end of an interim answer
            self.fields, self.reason, self._index = [], b"", {}
            self._note(Oddity.INTERIM)
            return
        self.complete, self.partial = True, False
        self.kept_alive = self._parser.should_keep_alive()

    def _note(self, oddity: Oddity) -> None:
        if oddity not in self.oddities:
            self.oddities.append(oddity)

    def _fail(self, stage: Stage, reason: Reason, detail: str) -> None:
        if not self.over:
            self.failure = NetFailure(stage, reason, detail)


class _Waits(httptools.HttpResponseParser):
    """Stands in for the parser until a head to be mended is whole."""

    def __init__(self, said: str) -> None:
        super().__init__(None)
        self._said = said

    def feed_data(self, _data: object) -> None:
        """Refuse again, for the same reason."""
        raise httptools.HttpParserError(self._said)
