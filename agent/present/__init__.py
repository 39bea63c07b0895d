"""What people and programs read of an outcome: text for a terminal, JSON of the contract."""
