"""Fuzz tests of the Cisco TelePresence Server API."""
