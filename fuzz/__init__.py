"""Fuzzers: what a device is sent that no test case thought of, and the oracles that judge its answers."""
