"""What Vigie exports to Prometheus: figures of its checks, of its tickets, and of itself."""

from agent.metrics.exposition import Answer, Exposition
from agent.metrics.own import Own
from agent.metrics.watched import Labelled, Watched

__all__ = ["Answer", "Exposition", "Labelled", "Own", "Watched"]
