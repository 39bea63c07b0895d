"""The vocabulary every check speaks: types, the check contract, the registry and the runner."""
