"""TLS sessions between two buffers in memory, on the OpenSSL that `cryptography` brings: alike on every system.

The interpreter's own `ssl` stands on whatever OpenSSL the system has, and takes half as long again over a handshake on
the 3.0 of Debian 12. pyOpenSSL has no public names for four things that a probe needs, hence `_lib` in this module and
in no other: the groups offered, the name to be verified, the chain as it was sent, and the words of a verdict.
"""

from ipaddress import ip_address
from typing import Any, Final

from OpenSSL import SSL
from OpenSSL._util import ffi as _ffi
from OpenSSL._util import lib as _lib

from checks.parse.addresses import written_address

Chain = tuple[bytes, ...]  # certificates in DER, as sent

_PIECE: Final = 16_384  # bytes read at once: a record holds no more (RFC 8446, 5.1), and more room costs page faults
_FLIGHT: Final = 4096  # bytes sent at once: a hello, or the end of the handshake with a request, and to spare
# From 3.5 on OpenSSL also offers a post-quantum key share, which makes a probe a fifth dearer and tells nothing of a
# site; one that lacks X25519 asks for another group (RFC 8446, 4.1.4).
_GROUPS: Final = b"X25519:P-256:P-384:P-521"
# In the order of browsers; OpenSSL's own begins with AES-256, whose SHA-384 costs more in each step of a handshake.
_SUITES: Final = b"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
_HOST_FLAGS: Final[int] = _lib.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | _lib.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT


def library() -> str:
    """What carries out TLS here: "OpenSSL 4.0.3 29 Sep 2026"."""
    return SSL.OpenSSL_version(SSL.OPENSSL_VERSION).decode("ascii", "replace")


class Refused(Exception):
    """The session cannot go on: `words` are OpenSSL's, `verdict` its X509_V_ERR_* on the chain (0: not the chain)."""

    def __init__(self, words: str, verdict: int = 0) -> None:
        super().__init__(words)
        self.words = words
        self.verdict = verdict


def client_context(*, verify: bool) -> SSL.Context:
    """Return a context for clients; without `verify` any chain will do, but the server must hold its key all the same.

    Hosts that no longer speak TLS 1.2 are out of reach for it, as they are for browsers.
    """
    made = SSL.Context(SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.set_options(SSL.OP_NO_COMPRESSION)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.set_alpn_protos([b"http/1.1"])
    made.set_tls13_ciphersuites(_SUITES)
    made.set_verify(SSL.VERIFY_PEER if verify else SSL.VERIFY_NONE, _note if verify else None)
    _lib.SSL_CTX_set1_curves_list(made._context, _GROUPS)  # noqa: SLF001 - see above
    return made


def _note(connection: SSL.Connection, _certificate: object, verdict: int, _depth: int, good: int) -> bool:
    """Keep OpenSSL's verdict beside the session; it is called for each certificate of the path."""
    if not good:
        connection.set_app_data(verdict)
    return bool(good)


class Session:
    """One TLS session of a client; whoever owns it moves the bytes."""

    __slots__ = ("_connection", "broken")

    def __init__(self, context: SSL.Context, name: str) -> None:
        self.broken = False  # what came cannot be read any further
        self._connection = connection = SSL.Connection(context)
        connection.set_connect_state()
        address = written_address(name)
        if address is None:  # an address is no server name (RFC 6066, 3)
            connection.set_tlsext_host_name(name.encode("ascii"))
        if context.get_verify_mode() != SSL.VERIFY_NONE:
            _expect(connection, name, address)

    def feed(self, data: bytes) -> None:
        """Take in what the server sent."""
        _lib.ERR_clear_error()  # what another session left behind is not of this one
        if data:
            self._connection.bio_write(data)

    def drain(self) -> bytes:
        """Return what is to be sent to the server."""
        pieces: list[bytes] = []
        try:
            while True:
                pieces.append(self._connection.bio_read(_FLIGHT))
                if len(pieces[-1]) < _FLIGHT:
                    break
        except SSL.WantReadError:
            pass
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def shake(self) -> bool:
        """Go on with the handshake; True when it is over. Raises `Refused`."""
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return False
        except SSL.Error as error:
            raise self._refused(error) from None
        return True

    def write(self, data: bytes) -> None:
        """Encrypt `data`, which `drain` returns."""
        self._connection.sendall(data)

    def read(self) -> tuple[bytes, bool]:
        """Return the plain text there is, and whether the server said that it is the last. Raises `Refused`."""
        pieces: list[bytes] = []
        try:
            while True:
                pieces.append(self._connection.recv(_PIECE))
        except SSL.WantReadError:
            return b"".join(pieces), False
        except SSL.ZeroReturnError:
            return b"".join(pieces), True
        except SSL.Error as error:
            self.broken = True
            if pieces:  # what came before the fault is judged first
                return b"".join(pieces), False
            raise self._refused(error) from None

    def _refused(self, error: SSL.Error) -> Refused:
        verdict = self._connection.get_app_data()
        if verdict is not None:
            words = _ffi.string(_lib.X509_verify_cert_error_string(verdict)).decode("ascii")
            return Refused(words, verdict)
        said = error.args[0] if error.args else ""
        return Refused(said[-1][2] if isinstance(said, list) and said else str(error.args[-1] if error.args else error))

    @property
    def version(self) -> str:
        """As OpenSSL names it: TLSv1.3."""
        return self._connection.get_protocol_version_name()

    @property
    def cipher(self) -> str:
        """As OpenSSL names it; "" before it is agreed."""
        return self._connection.get_cipher_name() or ""

    def sent(self) -> Chain:
        """The certificates the server sent, whatever was thought of them."""
        return _encoded(_lib.SSL_get_peer_cert_chain(self._connection._ssl))  # noqa: SLF001 - see above

    def verified(self) -> Chain:
        """The path that was found good, from leaf to root."""
        return _encoded(_lib.SSL_get0_verified_chain(self._connection._ssl))  # noqa: SLF001 - see above


def _expect(connection: SSL.Connection, name: str, address: str | None) -> None:
    """Have the name verified with the chain; RFC 9525: only subjectAltName counts, for browsers too."""
    wanted = _lib.SSL_get0_param(connection._ssl)  # noqa: SLF001 - see above
    if address is not None:
        packed = ip_address(address).packed
        done = _lib.X509_VERIFY_PARAM_set1_ip(wanted, packed, len(packed))
    else:
        _lib.X509_VERIFY_PARAM_set_hostflags(wanted, _HOST_FLAGS)
        host = name.encode("ascii")
        done = _lib.X509_VERIFY_PARAM_set1_host(wanted, host, len(host))
    if done != 1:  # the session would trust a certificate of anybody
        raise Refused(f"no certificate can be for {name!r}")


def _encoded(stack: Any) -> Chain:
    if stack == _ffi.NULL:
        return ()
    memory, start, found, end = _lib.BIO_new(_lib.BIO_s_mem()), _ffi.new("char **"), [], 0
    for index in range(_lib.sk_X509_num(stack)):
        _lib.i2d_X509_bio(memory, _lib.sk_X509_value(stack, index))
        before, end = end, _lib.BIO_get_mem_data(memory, start)
        found.append(_ffi.buffer(start[0] + before, end - before)[:])
    _lib.BIO_free(memory)
    return tuple(found)
