"""Clausewise: conformance, fuzz and load harness for device control APIs."""

__version__ = "0.1.0"
