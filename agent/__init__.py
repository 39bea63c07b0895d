"""The daemon: schedules checks, decides what to believe, keeps tickets and tells people."""

__version__ = "0.1.0"
