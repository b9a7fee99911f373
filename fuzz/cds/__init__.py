"""The fuzzer of cds."""
