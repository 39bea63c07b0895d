"""The check of availability itself, put together."""

from datetime import timedelta

from checks.core.check import Check
from checks.core.model import Lane
from checks.uptime.judge import judge, recheck
from checks.uptime.observe import observe
from checks.uptime.options import Options
from checks.uptime.rules import RULES
from checks.uptime.seen import Memory

CHECK = Check(
    kind="uptime",
    rules=RULES,
    options=Options,
    memory=Memory,
    every=timedelta(seconds=60),
    timeout=timedelta(seconds=10),
    lane=Lane.LOOP,
    observe=observe,
    judge=judge,
    recheck=recheck,
)
