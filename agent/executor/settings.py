"""[agent.lanes]: how many runs go on at once, and what child processes may take."""

from dataclasses import dataclass
from typing import Annotated, Final

from agent.config.section import Section
from checks.core.options import Bounds, Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Quick checks run on the daemon's loop; links, dependencies and smoke in child processes."""

    runs: Annotated[int, Bounds(least=1)] = 500  # at once on the loop
    per_host: Annotated[int, Bounds(least=1)] = 4  # at once against one host
    processes: Annotated[int, Bounds(least=1, most=16)] = 1  # child processes, started when first needed
    process_runs: Annotated[int, Bounds(least=1)] = 4  # at once in each
    process_memory: Annotated[Bytes, Bounds(least=200_000_000)] = (
        1_000_000_000  # bytes each may take before it is killed
    )


SECTIONS: Final = (Section(path="agent.lanes", type=Lanes),)
