"""The reference server of Haivision Media Platform 3.2, Command Line API."""
