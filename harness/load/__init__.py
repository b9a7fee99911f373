"""Load: scenarios of weighted operations, a closed loop over many connections, every reply validated, latencies in histograms."""
