"""The command line. Each command lives in a module of its own that is loaded when it is used, so that --help is quick.

A user's mistake is one message on standard error and exit code 2; no connection is exit code 3; Ctrl-C is 130.
"""

from __future__ import annotations

import importlib
import sys

import click

from harness import __version__
from harness.errors import HarnessError, TransportError, UsageError

_COMMANDS = {
    "bench": "Load a system, validate every reply, and write figures.",
    "certify": "Run the conformance suite of systems and write reports.",
    "export": "Write a finding as a test of its own.",
    "fuzz": "Fuzz a system and write minimised findings.",
    "mutate": "Break one clause at a time in a device's replies and see whether the suite notices.",
    "rejudge": "Judge the transcripts of a run again, without the device.",
    "replay": "Send a finding again and compare.",
    "report": "Write the reports of a run again.",
    "serve": "Run a bundled reference server.",
    "spec": "Look at what the specs say, and check them.",
    "validate": "Check saved messages against a spec.",
}
# The first that applies decides for several systems (DESIGN.md, Contracts).
_BY_WEIGHT = (130, 2, 5, 1, 4, 3, 0)


class _Commands(click.Group):
    """Names and short helps are known here; the rest is loaded on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"harness.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="clausewise")
def cli() -> None:
    """Clausewise: conformance, fuzz and load harness for device control APIs.

    Every verdict names the clause of the vendor's document that it rests on.
    """


def heaviest(codes: list[int]) -> int:
    """The exit code of several runs."""
    return min(codes, key=_BY_WEIGHT.index, default=0)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    try:
        code = cli.main(arguments, prog_name="clausewise", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        code = 130
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except TransportError as error:
        print(f"clausewise: {error}; is the device on, and host and port in the target file right?", file=sys.stderr)
        code = 3
    except UsageError as error:
        print(f"clausewise: {error}", file=sys.stderr)
        code = 2
    except HarnessError as error:
        print(
            f"clausewise: {error}\nThis is a mistake of the harness, not of the device. Please report it.",
            file=sys.stderr,
        )
        code = 5
    except BrokenPipeError:
        code = 0
    sys.exit(code if isinstance(code, int) else 0)
