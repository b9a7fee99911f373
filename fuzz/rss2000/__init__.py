"""Fuzz tests and the independent grammar of the RSS 2000 XML API."""
