"""A quick name server for the origins' names: `python -m benchmarks.probe.names` answers on 127.0.0.1, port 53."""

import asyncio

from benchmarks.probe.origins import origins

TTL = 60


class Names(asyncio.DatagramProtocol):
    """Answers A with the origin's address, anything else with nothing."""

    def __init__(self) -> None:
        self._known = {
            origin.name.encode(): bytes(int(part) for part in origin.address.split(".")) for origin in origins()
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        question, kind = data[12 : at + 5], int.from_bytes(data[at + 1 : at + 3], "big")
        address = self._known.get(b".".join(labels).lower())
        count = int(kind == 1 and address is not None)
        head = data[:2] + (b"\x81\x80" if address else b"\x81\x83") + b"\0\1" + count.to_bytes(2, "big") + b"\0\0\0\0"
        answer = b"\xc0\x0c\0\1\0\1" + TTL.to_bytes(4, "big") + b"\0\4" + (address or b"") if count else b""
        self._transport.sendto(head + question + answer, addr)  # type: ignore[attr-defined]


async def main() -> None:
    """Answer until killed."""
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 53))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
