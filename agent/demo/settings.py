"""[demo]: the bundled client site that the shipped configuration watches."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from agent.config.section import Section
from agent.settings import Listen
from checks.core.options import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Whether the daemon serves the demo client, and where; only loopback makes sense."""

    enabled: bool = False
    listen: Listen = field(default_factory=lambda: Listen(host="127.0.0.1", port=8788))
    https_port: Annotated[int, Bounds(least=0, most=65535)] = 0  # of the same site over TLS; 0: none
    faults: tuple[str, ...] = ()  # those on at the first start


SECTIONS: Final = (Section(path="demo", type=Demo),)
