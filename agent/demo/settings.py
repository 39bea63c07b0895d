"""[demo]: the bundled client site that the shipped configuration watches."""

from dataclasses import dataclass, field
from typing import Final

from agent.config.section import Section
from agent.settings import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Whether the daemon serves the demo client, and where; only loopback makes sense."""

    enabled: bool = False
    listen: Listen = field(default_factory=lambda: Listen(host="127.0.0.1", port=8788))
    faults: tuple[str, ...] = ()  # those on at the first start


SECTIONS: Final = (Section(path="demo", type=Demo),)
