"""Tells people: takes messages out of the outbox and hands them to channels, at least once and with the same key."""
