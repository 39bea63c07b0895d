"""Answers, well formed and not: statuses, heads, framing, encodings, sizes."""

import gzip
import random
import zlib

import brotli
import zstandard

from tests.lab.http.behaviour import Behaviour, byte_by_byte, drips, resets, says, stalls
from tests.lab.http.server import OK

PAGE = b"<!doctype html><title>Boutique</title><p>Une page ordinaire avec du texte.</p>" * 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def page(body: bytes = PAGE, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """Write a whole answer with a Content-Length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: text/html", *fields, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def bare(*lines: bytes, body: bytes = b"hello") -> bytes:
    """Write a status line and header lines as they are."""
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, *fields: bytes) -> bytes:
    """Write an answer whose chunked body is exactly `body`, framing included."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked", *fields]) + b"\r\n\r\n" + body


def encoded(name: str, body: bytes) -> bytes:
    return page(body, b"Content-Encoding: " + name.encode())


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


GZIP, DEFLATE, BROTLI, ZSTD = gzip.compress(PAGE), zlib.compress(PAGE), brotli.compress(PAGE), zstandard.compress(PAGE)
ZEROS = bytes(40_000_000)
NOISE = b"<!doctype html><title>Bruit</title>" + random.Random(1).randbytes(8_000_000)

STATUSES = [
    says("status-200", page()),
    says("status-201", page(status=b"201 Created")),
    says("status-204", b"HTTP/1.1 204 No Content\r\n\r\n"),
    says("status-299", page(status=b"299 Fine")),
    says("status-300", page(status=b"300 Many"), "status"),
    says("status-304-unasked", b"HTTP/1.1 304 Not Modified\r\n\r\n", "status"),
    says("status-401", page(status=b"401 Unauthorized"), "status"),
    says("status-404", page(status=b"404 Not Found"), "status"),
    says("status-404-expected", page(status=b"404 Not Found"), expect_status=(404,)),
    says("status-200-when-404-is-expected", page(), "status", expect_status=(404,)),
    says("status-201-outside-a-list", page(status=b"201 Created"), "status", expect_status=(200, 404)),
    says("status-500", page(status=b"500 Oops"), "status"),
    says("status-503", page(status=b"503 Busy"), "status"),
    says("status-999", page(status=b"999 Denied"), "status"),
    says("status-500-with-a-cut-body", bare(b"HTTP/1.1 500 Oops", b"Content-Length: 99"), "status"),
]

HEADS = [
    says("lines-end-in-lf", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", oddity="bare_lf"),
    says("no-reason-phrase", bare(b"HTTP/1.1 200", b"Content-Length: 5"), oddity="no_reason_phrase"),
    says("bytes-after-the-message", page() + b"EXTRA", oddity="bytes_after_the_message"),
    says("a-second-answer-after-the-first", page() + page(status=b"500 No"), oddity="bytes_after_the_message"),
    says("folded-field", bare(b"HTTP/1.1 200 OK", b"X-A: a", b" b", b"Content-Length: 5")),
    says("line-without-colon", bare(b"HTTP/1.1 200 OK", b"broken", b"Content-Length: 5"), oddity="not_strictly_http"),
    says("space-before-colon", bare(b"HTTP/1.1 200 OK", b"X-A : b", b"Content-Length: 5"), oddity="not_strictly_http"),
    says("length-with-space-before-colon", bare(b"HTTP/1.1 200 OK", b"Content-Length : 5"), oddity="not_strictly_http"),
    says("length-with-space-before-colon-and-cut", bare(b"HTTP/1.1 200 OK", b"Content-Length : 50"), "truncated"),
    says(
        "chunks-with-space-before-colon-and-cut",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n",
        "truncated",
    ),
    says("length-before-a-tab-and-cut", bare(b"HTTP/1.1 200 OK", b"Content-Length\t: 50"), "truncated"),
    says("folded-length-and-cut", bare(b"HTTP/1.1 200 OK", b"Content-Length:", b" 50"), "truncated"),
    says("field-without-name", bare(b"HTTP/1.1 200 OK", b": b", b"Content-Length: 5"), oddity="not_strictly_http"),
    says("field-name-not-ascii", bare(b"HTTP/1.1 200 OK", "X-É: b".encode(), b"Content-Length: 5")),
    says("field-value-not-ascii", bare(b"HTTP/1.1 200 OK", "X-A: é".encode(), b"Content-Length: 5")),
    says("control-character-in-a-field", bare(b"HTTP/1.1 200 OK", b"X-A: a\x01", b"Content-Length: 5")),
    says("nul-in-a-field", bare(b"HTTP/1.1 200 OK", b"X-A: a\0b", b"Content-Length: 5"), "bad_http"),
    says("two-spaces-in-the-status-line", bare(b"HTTP/1.1  200 OK", b"Content-Length: 5")),
    says("lower-case-protocol", bare(b"http/1.1 200 OK", b"Content-Length: 5")),
    says("empty-line-first", b"\r\n" + page()),
    says("version-1.0-until-close", b"HTTP/1.0 200 OK\r\n\r\n" + PAGE, oddity="body_ends_with_the_connection"),
    says("version-1.2", bare(b"HTTP/1.2 200 OK", b"Content-Length: 5")),
    says("version-2-on-a-1.1-connection", bare(b"HTTP/2.0 200 OK", b"Content-Length: 5")),
    says("status-of-two-digits", bare(b"HTTP/1.1 20 OK", b"Content-Length: 5"), "bad_http"),
    says("status-of-four-digits", bare(b"HTTP/1.1 2000 OK", b"Content-Length: 5"), "bad_http"),
    says("status-of-letters", bare(b"HTTP/1.1 abc OK", b"Content-Length: 5"), "bad_http"),
    says("status-000", bare(b"HTTP/1.1 000 OK", b"Content-Length: 5"), "bad_http"),
    says("continue-first", b"HTTP/1.1 100 Continue\r\n\r\n" + page(), oddity="interim_answer"),
    says("early-hints-first", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + page(), oddity="interim_answer"),
    says("hints-without-end", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50 + page(), "bad_http"),
    says(
        "switching-protocols",
        bare(b"HTTP/1.1 101 Switching", b"Upgrade: websocket", b"Connection: upgrade"),
        "bad_http",
    ),
    says("offers-an-upgrade", page(PAGE, b"Upgrade: h2c", b"Connection: Upgrade")),
    byte_by_byte("byte-by-byte", page(b"hello")),
    byte_by_byte("byte-by-byte-with-a-broken-line", bare(b"HTTP/1.1 200 OK", b"broken", b"Content-Length: 5")),
    says("http-0.9", b"<html>hello</html>", "bad_http"),
    says("ssh-banner", b"SSH-2.0-OpenSSH_9.2\r\n", "bad_http"),
    says("binary", bytes(range(256)) * 4, "bad_http"),
    says("tls-alert-on-a-plain-port", bytes.fromhex("15030100020246"), "bad_http"),
    says("half-a-head", b"HTTP/1.1 200 OK\r\nContent-Le", "truncated"),
    says("half-a-status-line", b"HTT", "truncated"),
    says("nothing", b"", "truncated"),
    says("head-over-the-limit", bare(b"HTTP/1.1 200 OK", b"X-A: " + b"a" * 200_000, b"Content-Length: 5"), "too_large"),
    says(
        "thousand-fields",
        bare(b"HTTP/1.1 200 OK", *[b"X-%d: a" % n for n in range(1000)], b"Content-Length: 5"),
        "too_large",
    ),
    drips(
        "head-without-end",
        b"HTTP/1.1 200 OK\r\n",
        b"X-A: " + b"a" * 8000 + b"\r\n",
        "too_large",
        every=0.001,
        timeout=2.0,
    ),
    drips("head-dripping", b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", "timeout_headers"),
    stalls("silence", b"", "timeout_headers"),
    stalls("silence-in-the-head", b"HTTP/1.1 200 OK\r\nConte", "timeout_headers"),
    resets("reset-at-once", b"", "connect_reset"),
    resets("reset-in-the-head", b"HTTP/1.1 200 OK\r\nConte", "truncated"),
]

FRAMES = [
    says("empty-page", page(b""), "blank_page"),
    says("empty-answer-of-a-health-endpoint", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    says("until-close", b"HTTP/1.1 200 OK\r\n\r\n" + PAGE, oddity="body_ends_with_the_connection"),
    says(
        "length-said-twice",
        bare(b"HTTP/1.1 200 OK", b"Content-Length: 5", b"Content-Length: 5"),
        oddity="content_length_repeated",
    ),
    says(
        "length-said-twice-in-one-field",
        bare(b"HTTP/1.1 200 OK", b"Content-Length: 5, 5"),
        oddity="content_length_repeated",
    ),
    says("lengths-in-conflict", bare(b"HTTP/1.1 200 OK", b"Content-Length: 5", b"Content-Length: 6"), "bad_http"),
    says("length-negative", bare(b"HTTP/1.1 200 OK", b"Content-Length: -5"), "bad_http"),
    says("length-with-letters", bare(b"HTTP/1.1 200 OK", b"Content-Length: 5abc"), "bad_http"),
    says("length-empty", bare(b"HTTP/1.1 200 OK", b"Content-Length: "), "bad_http"),
    says("length-beyond-64-bits", bare(b"HTTP/1.1 200 OK", b"Content-Length: " + b"9" * 30), "bad_http"),
    says("length-and-chunks", chunked(b"5\r\nhello\r\n0\r\n\r\n", b"Content-Length: 99")),
    says("shorter-than-its-length", bare(b"HTTP/1.1 200 OK", b"Content-Length: 50"), "truncated"),
    says("no-byte-of-its-length", bare(b"HTTP/1.1 200 OK", b"Content-Length: 50", body=b""), "truncated"),
    says(
        "no-content-with-content",
        b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello",
        oddity="bytes_after_the_message",
    ),
    says("chunks", chunked(b"5\r\nhello\r\n0\r\n\r\n")),
    says("chunk-extensions", chunked(b"5;a=b\r\nhello\r\n0\r\n\r\n")),
    says("chunk-size-with-spaces", chunked(b"5  \r\nhello\r\n0\r\n\r\n")),
    says("chunks-with-trailers", chunked(b"5\r\nhello\r\n0\r\nX-A: b\r\n\r\n")),
    says("chunked-said-twice", chunked(b"5\r\nhello\r\n0\r\n\r\n", b"Transfer-Encoding: chunked")),
    says("chunks-in-1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    byte_by_byte("chunks-byte-by-byte", chunked(b"5\r\nhello\r\n0\r\n\r\n")),
    says("chunks-without-the-last", chunked(b"5\r\nhello\r\n"), "truncated"),
    says("cut-in-a-chunk", chunked(b"50\r\nhello"), "truncated"),
    says("cut-in-a-chunk-size", chunked(b"5\r\nhello\r\n1"), "truncated"),
    says("chunk-size-of-letters", chunked(b"zz\r\nhello\r\n0\r\n\r\n"), "bad_http"),
    says("chunk-longer-than-it-says", chunked(b"3\r\nhello\r\n0\r\n\r\n"), "bad_http"),
    says("chunk-beyond-64-bits", chunked(b"f" * 20 + b"\r\nhello\r\n0\r\n\r\n"), "bad_http"),
    says(
        "transfer-encoding-gzip",
        chunked(b"5\r\nhello\r\n0\r\n\r\n").replace(b"chunked", b"gzip, chunked"),
        "bad_encoding",
    ),
    says(
        "transfer-encodings-in-conflict",
        chunked(b"5\r\nhello\r\n0\r\n\r\n", b"Transfer-Encoding: identity"),
        "bad_encoding",
    ),
    says(
        "transfer-encodings-in-conflict-the-other-way",
        bare(b"HTTP/1.1 200 OK", b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked"),
        "bad_encoding",
    ),
    says("transfer-encoding-empty", bare(b"HTTP/1.1 200 OK", b"Transfer-Encoding: ", b"Content-Length: 5"), "bad_http"),
    says("length-with-a-sign", bare(b"HTTP/1.1 200 OK", b"Content-Length: +5"), "bad_http"),
    says("length-shorter-than-the-chunks-and-cut", chunked(b"5\r\nhello\r\n", b"Content-Length: 3"), "truncated"),
    says("transfer-encoding-identity", bare(b"HTTP/1.1 200 OK", b"Transfer-Encoding: identity")),
    stalls("silence-in-the-body", bare(b"HTTP/1.1 200 OK", b"Content-Length: 500"), "timeout_body"),
    stalls("silence-in-a-chunk", chunked(b"500\r\nhello"), "timeout_body"),
    stalls("connection-kept-open-after-the-page", page(), ""),
    drips("body-dripping", bare(b"HTTP/1.1 200 OK", b"Content-Length: 100000"), b".", "timeout_body"),
    drips(
        "body-without-end",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"." * 60_000,
        "too_large",
        every=0,
        max_bytes=200_000,
        timeout=2.0,
    ),
    drips(
        "chunks-without-end",
        chunked(b""),
        b"1000\r\n" + b"." * 4096 + b"\r\n",
        "too_large",
        every=0,
        max_bytes=9000,
        timeout=2.0,
    ),
    resets("reset-in-the-body", bare(b"HTTP/1.1 200 OK", b"Content-Length: 500"), "truncated"),
    resets("reset-instead-of-an-end", b"HTTP/1.1 200 OK\r\n\r\nhello", "truncated"),
    says("over-the-limit", page(b"x" * 3000), "too_large", max_bytes=2000),
    says("at-the-limit", page(b"x" * 2000), max_bytes=2000),
]

ENCODINGS = [
    says("gzip", encoded("gzip", GZIP)),
    says("x-gzip", encoded("x-gzip", GZIP)),
    says("gzip-in-two-members", encoded("gzip", gzip.compress(PAGE) + gzip.compress(PAGE))),
    says("gzip-and-rubbish-after", encoded("gzip", GZIP + b"\0\0rubbish")),
    says("gzip-in-chunks", chunked(b"%x\r\n%b\r\n0\r\n\r\n" % (len(GZIP), GZIP), b"Content-Encoding: gzip")),
    says("deflate", encoded("deflate", DEFLATE)),
    says("raw-deflate", encoded("deflate", _raw_deflate(PAGE)), oddity="raw_deflate"),
    says("brotli", encoded("br", BROTLI)),
    says("brotli-and-rubbish-after", encoded("br", BROTLI + b"rubbish")),
    says("zstd", encoded("zstd", ZSTD)),
    says("zstd-of-many-bites", encoded("zstd", zstandard.compress(NOISE)), timeout=1.0),
    says("zstd-in-two-frames", encoded("zstd", ZSTD + ZSTD)),
    says("two-encodings", encoded("gzip, br", brotli.compress(GZIP))),
    says("identity", encoded("identity", PAGE)),
    says("encoding-empty", encoded("", PAGE)),
    says("encoding-unknown", encoded("x-secret", PAGE), oddity="unknown_content_encoding"),
    says("gzip-of-nothing-at-all", encoded("gzip", b""), "blank_page"),
    says("gzip-cut", encoded("gzip", GZIP[:-20]), "bad_encoding"),
    says("gzip-cut-in-its-checksum", encoded("gzip", GZIP[:-3]), "bad_encoding"),
    says("gzip-cut-until-close", HEAD + b"Content-Encoding: gzip\r\n\r\n" + GZIP[:-20], "bad_encoding"),
    says("gzip-with-a-wrong-checksum", encoded("gzip", GZIP[:-8] + b"\0\0\0\0" + GZIP[-4:]), "bad_encoding"),
    says("gzip-with-a-hole", encoded("gzip", GZIP[:40] + b"\xff" * 20 + GZIP[60:]), "bad_encoding"),
    says("gzip-that-is-plain", encoded("gzip", PAGE), "bad_encoding"),
    says("deflate-cut", encoded("deflate", DEFLATE[:-20]), "bad_encoding"),
    says("deflate-that-is-gzip", encoded("deflate", GZIP), "bad_encoding"),
    says("brotli-cut", encoded("br", BROTLI[:-10]), "bad_encoding"),
    says("brotli-that-is-plain", encoded("br", PAGE), "bad_encoding"),
    says("zstd-cut", encoded("zstd", ZSTD[:-10]), "bad_encoding"),
    says("zstd-that-is-plain", encoded("zstd", PAGE), "bad_encoding"),
    says("gzip-in-200-members", encoded("gzip", gzip.compress(PAGE) + gzip.compress(b"") * 199)),
    says("gzip-in-members-without-end", encoded("gzip", gzip.compress(b"") * 400_000), "bad_encoding"),
    says("zstd-in-frames-without-end", encoded("zstd", zstandard.compress(b"") * 800_000), "bad_encoding"),
    says("five-encodings", encoded("gzip, gzip, gzip, gzip, gzip", GZIP), "bad_encoding"),
    says("gzip-bomb", encoded("gzip", gzip.compress(ZEROS)), "too_large"),
    says("brotli-bomb", encoded("br", brotli.compress(ZEROS, quality=4)), "too_large"),
    says("zstd-bomb", encoded("zstd", zstandard.compress(ZEROS)), "too_large"),
    says("gzip-that-swells-beyond-any-page", encoded("gzip", gzip.compress(bytes(10_000_000))), "too_large"),
    says("gzip-that-swells-as-pages-do", encoded("gzip", gzip.compress(PAGE * 600))),
    says("gzip-over-the-limit-once-decoded", encoded("gzip", gzip.compress(b"x" * 9000)), "too_large", max_bytes=2000),
]

METHODS = [
    says("head-with-a-length-and-no-body", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD"),
    stalls("head-and-a-connection-kept-open", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", method="HEAD"),
    says("post", page(), method="POST"),
    says("options", page(), method="OPTIONS"),
]

ANSWERS: list[Behaviour] = [*STATUSES, *HEADS, *FRAMES, *ENCODINGS, *METHODS]
WELL_FORMED = OK
