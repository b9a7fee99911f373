"""Checks: pure functions of model and replies."""
