"""The reference server of the TelePresence Server API: calls in XML-RPC over HTTP and HTTPS."""
