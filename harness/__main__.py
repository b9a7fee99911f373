"""`python -m harness` is `clausewise`."""

from harness.cli.main import main

main()
