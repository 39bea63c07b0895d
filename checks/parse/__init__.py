"""Pure readers of hostile text: what they return depends on their arguments alone, and they end in bounded time."""
