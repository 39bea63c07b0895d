"""What is known, in one SQLite file: a module per aggregate, and no SQL anywhere else."""

from agent.store.errors import StoreError, StoreUnavailable
from agent.store.session import Session
from agent.store.store import FILE, Store

__all__ = ["FILE", "Session", "Store", "StoreError", "StoreUnavailable"]
