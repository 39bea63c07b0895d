"""The daemon: schedules checks, decides what to believe, keeps tickets and tells people."""
