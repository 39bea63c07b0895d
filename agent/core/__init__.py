"""Decisions: pure functions of what is known and of `now`."""
