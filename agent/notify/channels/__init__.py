"""One file per way to tell people, found by folder."""
