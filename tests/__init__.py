"""Everything that CI checks, run by `python3 -m tests`."""
