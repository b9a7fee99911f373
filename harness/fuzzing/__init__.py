"""The fast seeded fuzzer: scripts built from a spec, broken by named mutations, sent, judged by a model of the device, and made small."""
