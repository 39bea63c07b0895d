"""What keeps the code good: the walls, the import contracts, the locks, and the steps of `python3 -m tests`."""
