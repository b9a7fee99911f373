"""Fuzz tests, and the mutants of the Uptivity Discover API that a person wrote."""
