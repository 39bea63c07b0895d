"""Vigie's figures of itself: schedule, lanes, store, deliveries, configuration, uplink."""

from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

import agent
from agent.executor.spawned import Loss
from agent.schedule import Trouble
from checks.core.model import Key, Lane, Outcome

DURATIONS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)  # seconds: a probe to a crawl
LAGS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30)  # seconds


class Own:
    """The registry of what has few series; what has one per check stands in `Watched`."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._of_runs(registry)
        self._of_deliveries(registry)
        self._of_store(registry)
        self._online = Gauge("vigie_agent_online", "0 when no reference target answers, else 1.", registry=registry)
        self._online.set(1)
        self._problems = Gauge(
            "vigie_agent_problems", "1 while the agent itself has this problem.", ["rule"], registry=registry
        )
        self._reloaded = Gauge(
            "vigie_config_last_reload_successful", "1 when the last configuration read was good.", registry=registry
        )
        self._reload_at = Gauge(
            "vigie_config_last_reload_success_timestamp_seconds",
            "When a configuration was last read well.",
            registry=registry,
        )
        Gauge("vigie_build_info", "What runs.", ["version"], registry=registry).labels(agent.__version__).set(1)

    def _of_runs(self, registry: CollectorRegistry) -> None:
        self._durations = Histogram(
            "vigie_check_duration_seconds", "How long runs took.", ["kind"], buckets=DURATIONS, registry=registry
        )
        self._lag = Histogram("vigie_scheduler_lag_seconds", "How late firings were.", buckets=LAGS, registry=registry)
        self._missed = Counter(
            "vigie_scheduler_missed_total",
            "Firings that did not happen as planned, by reason.",
            ["reason"],
            registry=registry,
        )
        self._running = Gauge("vigie_executor_running", "Runs that go on now.", ["lane"], registry=registry)
        self._waiting = Gauge("vigie_executor_queue_depth", "Runs that wait for a place.", ["lane"], registry=registry)
        self._children = Counter(
            "vigie_executor_children_lost_total", "Child processes lost, by reason.", ["reason"], registry=registry
        )
        for trouble in Trouble:
            self._missed.labels(trouble.value)
        for loss in Loss:
            self._children.labels(loss.value)
        for lane in Lane:
            self.lane(lane, running=0, waiting=0)

    def _of_deliveries(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "vigie_deliveries_total", "Attempts to deliver, by result.", ["channel", "result"], registry=registry
        )
        self._pending = Gauge("vigie_outbox_pending", "Messages not delivered yet.", ["channel"], registry=registry)
        self._oldest = Gauge(
            "vigie_outbox_oldest_seconds",
            "Age of the oldest message not delivered yet.",
            ["channel"],
            registry=registry,
        )

    def _of_store(self, registry: CollectorRegistry) -> None:
        self._store = Gauge("vigie_store_bytes", "Size of the store on disk.", registry=registry)
        self._free = Gauge("vigie_store_free_bytes", "Free space on the store's disk.", registry=registry)
        self._inbox = Gauge("vigie_intake_pending", "Outcomes not stored yet.", registry=registry)

    def fired(self, lag: float) -> None:
        """A firing happened so many seconds after it was due."""
        self._lag.observe(lag)

    def trouble(self, _key: Key, what: Trouble, firings: int) -> None:
        """So many firings did not happen as planned."""
        self._missed.labels(what.value).inc(firings)

    def delayed(self) -> None:
        """A run waited over a second because all places were taken."""
        self._missed.labels(Trouble.WAITED.value).inc()

    def ran(self, kind: str, outcome: Outcome) -> None:
        """A run of a check of that kind is over."""
        self._durations.labels(kind).observe(outcome.seconds)

    def lane(self, lane: Lane, *, running: int, waiting: int) -> None:
        """How full a lane is."""
        self._running.labels(lane.value).set(running)
        self._waiting.labels(lane.value).set(waiting)

    def child_lost(self, loss: Loss) -> None:
        """A child process was lost."""
        self._children.labels(loss.value).inc()

    def delivered(self, channel: str, result: str) -> None:
        """An attempt to deliver gave this."""
        self._deliveries.labels(channel, result).inc()

    def outbox(self, channel: str, *, pending: int, oldest: float) -> None:
        """What a channel has yet to deliver; `oldest` in seconds."""
        self._pending.labels(channel).set(pending)
        self._oldest.labels(channel).set(oldest)

    def online(self, *, online: bool) -> None:
        """Whether the agent's own uplink is believed to work."""
        self._online.set(online)

    def problem(self, rule: str, *, present: bool) -> None:
        """Whether the agent itself has this problem."""
        self._problems.labels(rule).set(present)

    def store(self, *, size: int, free: int) -> None:
        """Bytes the store takes, and bytes its disk has left."""
        self._store.set(size)
        self._free.set(free)

    def inbox(self, pending: int) -> None:
        """Outcomes that wait to be stored."""
        self._inbox.set(pending)

    def reloaded(self, at: datetime, *, good: bool) -> None:
        """A configuration was read."""
        self._reloaded.set(good)
        if good:
            self._reload_at.set(at.timestamp())
