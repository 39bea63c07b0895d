"""What a whole daemon costs that watches thousands of TLS sites, and how true its timings are: `-m benchmarks.load`."""
