"""The reference server of the CDS monitoring APIs: a seeded world, and the fifteen messages that read it."""
