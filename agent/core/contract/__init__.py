"""What a contract promises: calendars, clocks, availability, units of work."""
