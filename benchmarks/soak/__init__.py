"""Whether a process that probes for ever keeps its size: `python -m benchmarks.soak`."""
