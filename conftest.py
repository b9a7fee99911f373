"""Everything that pytest needs to know stands in the plugin."""

pytest_plugins = ["harness.pytest_plugin"]
