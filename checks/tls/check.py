"""The check itself, put together."""

from datetime import timedelta

from checks.core.check import Check
from checks.core.model import Lane
from checks.tls.judge import judge, recheck
from checks.tls.observe import observe
from checks.tls.options import Options
from checks.tls.rules import RULES
from checks.tls.seen import Memory

CHECK = Check(
    kind="tls",
    rules=RULES,
    options=Options,
    memory=Memory,
    every=timedelta(hours=1),
    timeout=timedelta(seconds=30),
    lane=Lane.LOOP,
    schemes=frozenset({"https"}),
    observe=observe,
    judge=judge,
    recheck=recheck,
)
