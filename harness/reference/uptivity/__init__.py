"""The reference server of the Uptivity Discover API."""
