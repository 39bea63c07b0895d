"""The words before TLS on ports that start in clear: SMTP, IMAP, POP3 and FTP (RFC 3207, 9051, 2595, 4217)."""

from dataclasses import dataclass
from enum import StrEnum

MAX_GREETING = 16 * 1024  # bytes a server may say before TLS


class Starttls(StrEnum):
    """The protocol that is spoken first."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    FTP = "ftp"


WELL_KNOWN = {25: Starttls.SMTP, 587: Starttls.SMTP, 143: Starttls.IMAP, 110: Starttls.POP3, 21: Starttls.FTP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What follows from the server's words."""

    answer: bytes = b""
    ready: bool = False  # TLS may begin
    refused: str = ""  # the line that said no
    rest: bytes = b""  # bytes that already belong to TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """One exchange: what a good answer begins with, and what is said then."""

    good: bytes
    says: bytes


_SCRIPTS = {
    Starttls.SMTP: (
        _Words(good=b"220", says=b"EHLO vigie.invalid\r\n"),
        _Words(good=b"250", says=b"STARTTLS\r\n"),
        _Words(good=b"220", says=b""),
    ),
    Starttls.IMAP: (_Words(good=b"* OK", says=b"a1 STARTTLS\r\n"), _Words(good=b"a1 OK", says=b"")),
    Starttls.POP3: (_Words(good=b"+OK", says=b"STLS\r\n"), _Words(good=b"+OK", says=b"")),
    Starttls.FTP: (_Words(good=b"220", says=b"AUTH TLS\r\n"), _Words(good=b"234", says=b"")),
}


class Greeting:
    """The conversation up to the first byte of TLS."""

    def __init__(self, protocol: Starttls) -> None:
        self._protocol = protocol
        self._script = list(_SCRIPTS[protocol])
        self._heard = b""
        self._read = 0

    def hear(self, data: bytes) -> Heard:
        """Take in what the server said and return what to say."""
        self._heard += data
        self._read += len(data)
        if self._read > MAX_GREETING:
            return Heard(refused="no end of the greeting")
        while b"\n" in self._heard:
            line, _, self._heard = self._heard.partition(b"\n")
            if self._goes_on(line):
                continue
            step = self._script[0]
            if not line.startswith(step.good):
                return Heard(refused=line[:200].decode("ascii", "replace").strip())
            self._script.pop(0)
            if not self._script:
                return Heard(ready=True, rest=self._heard)
            return Heard(answer=step.says)
        return Heard()

    def _goes_on(self, line: bytes) -> bool:
        """Whether more lines of the same answer follow, or this one answers nothing."""
        if self._protocol in (Starttls.SMTP, Starttls.FTP):
            return line[3:4] == b"-" or not line[:3].isdigit()
        return self._protocol is Starttls.IMAP and line.startswith(b"*") and self._script[0].good != b"* OK"
