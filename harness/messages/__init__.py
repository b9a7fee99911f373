"""Messages of a protocol: calls to bytes, bytes to replies, and which error a reply is."""
