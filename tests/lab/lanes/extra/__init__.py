"""Checks that only tests have."""
