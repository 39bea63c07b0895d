"""[demo]: the bundled client site that the shipped configuration watches."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from agent.config.loaded import Settings
from agent.config.problems import unknown
from agent.config.section import Remark, Section
from agent.settings import Listen
from checks.core.options import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Whether the daemon serves the demo client, and where; only loopback makes sense."""

    enabled: bool = False
    listen: Listen = field(default_factory=lambda: Listen(host="127.0.0.1", port=8788))
    https_port: Annotated[int, Bounds(least=0, most=65535)] = 0  # of the same site over TLS; 0: none
    faults: tuple[str, ...] = ()  # those on at the first start


def review(settings: Settings) -> Iterator[Remark]:
    """Refuse faults that do not exist; they are files, and none is loaded for that."""
    known = [module.name for module in pkgutil.iter_modules([str(Path(__file__).with_name("faults"))])]
    for number, name in enumerate(settings[Demo].faults):
        if name not in known:
            yield unknown(("demo", "faults", number), "no fault of that name", name, known)


SECTIONS: Final = (Section(path="demo", type=Demo),)
REVIEWS: Final = (review,)
