"""A library of checks that knows no schedule, store or ticket."""
