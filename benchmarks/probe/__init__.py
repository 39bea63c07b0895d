"""What one uptime probe costs in CPU, beside blackbox_exporter, curl and stock httpx: `python -m benchmarks.probe`."""
