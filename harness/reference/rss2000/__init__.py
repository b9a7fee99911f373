"""The reference server of the RSS 2000 XML API."""
