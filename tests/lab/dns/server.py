"""A name server on loopback that answers as it is told: well, wrongly, late or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answers = Callable[[str, str, int], "Told | None"]  # name, type, how often it was asked → what to say; None: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer."""

    addresses: tuple[str, ...] = ()
    ttl: int = 60
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    alias: str = ""  # a CNAME before the addresses
    cut: bool = False  # over UDP: come back by TCP
    rubbish: bytes = b""
    records: tuple[str, ...] = ()  # of the type asked for, as in a zone file
    validated: bool = False  # DNSSEC proved it


@dataclass(slots=True)
class NameServer:
    """What listens, and what was asked of it."""

    port: int
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def name_server(answers: Answers) -> AsyncIterator[NameServer]:
    """Answer over UDP and TCP on one port."""
    server = NameServer(port=0)

    def reply(query: bytes, *, tcp: bool) -> bytes | None:
        message = dns.message.from_wire(query)
        question = message.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        told = answers(name, kind, server.asked.count((name, kind)))
        server.asked.append((name, kind))
        return None if told is None else told.rubbish or _wire(message, told, kind, tcp=tcp)

    class Datagrams(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: object) -> None:
            answer = reply(data, tcp=False)
            if answer is not None:
                self.transport.sendto(answer, addr)  # type: ignore[attr-defined]

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        answer = reply(query, tcp=True) or b""
        writer.write(len(answer).to_bytes(2, "big") + answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(stream, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", server.port))
    try:
        yield server
    finally:
        transport.close()
        listening.close()
        await listening.wait_closed()


def _wire(query: dns.message.Message, told: Told, kind: str, *, tcp: bool) -> bytes:
    answer = dns.message.make_response(query)
    answer.set_rcode(told.rcode)
    if told.cut and not tcp:
        answer.flags |= dns.flags.TC
        return answer.to_wire()
    name = query.question[0].name
    if told.alias:
        answer.answer.append(dns.rrset.from_text(name, told.ttl, "IN", "CNAME", f"{told.alias}."))
        name = dns.name.from_text(told.alias)
    fitting = [address for address in told.addresses if (":" in address) is (kind == "AAAA")]
    if fitting or told.records:
        answer.answer.append(dns.rrset.from_text(name, told.ttl, "IN", kind, *fitting, *told.records))
    if told.validated:
        answer.flags |= dns.flags.AD
    return answer.to_wire()
