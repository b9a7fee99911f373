"""Mutants: a proxy in front of a device breaks one clause at a time, and the suite must notice it."""
