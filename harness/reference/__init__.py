"""Reference servers: one conforming device of each system, with seeded faults that are off by default."""
