"""Sans-I/O codecs: bytes in, values out, and back. No sockets, no clocks, no vendor's name."""
