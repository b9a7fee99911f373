"""The fuzzer of the HMP Command Line API."""
