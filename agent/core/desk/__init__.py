"""The desk: what to believe of a check's findings, and what becomes of a ticket."""
