"""HTTP/1 with a device: exchanges over httpx or byte by byte, always with the exact bytes, under one deadline."""
