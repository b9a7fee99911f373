"""How a command ends that is not carried out."""

from __future__ import annotations

from harness.wire.lines import Argument


class Refusal(Exception):  # noqa: N818  not an error of ours: the device's ordinary answer
    """The command is answered with an error of the model.

    Args:
        error: its name in the model.
        argument: the wrong value, where the message repeats one.
    """

    def __init__(self, error: str, argument: Argument | None = None) -> None:
        super().__init__(error)
        self.error, self.argument = error, argument
