"""Conformance suites, one package a system. They test devices; harness/tests tests the harness."""
