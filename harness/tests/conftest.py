"""Settings of the project's own tests."""

from hypothesis import settings

# A busy machine is no finding: examples are bounded in number, not each in time.
settings.register_profile("clausewise", deadline=None, max_examples=100)
settings.load_profile("clausewise")
