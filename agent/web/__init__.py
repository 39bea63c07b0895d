"""What the daemon serves: metrics, health, an API to read, and a page for people."""
