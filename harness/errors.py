"""The exceptions of the harness, by who must act.

HarnessError
├── UsageError          the user's command line or files are wrong: exit 2
│   ├── SpecError       a file in specs/ is wrong: its author must act
│   └── TargetError     a target file is wrong: its author must act
├── TransportError      no connection to the target: nothing can be learned (exit 3)
├── PermitError         a flow asked for what the run may not do: the case is skipped
├── WireError           bytes that cannot be read on; becomes a finding, never a crash
│   ├── FramingError    the end of the message cannot be found
│   └── DecodeError     the message is framed but is not what the format allows
└── InternalError       the harness is broken; never counted against a device

A device's deviation is a value (`harness.verdict.Finding`), not an exception.
"""

from __future__ import annotations

from pathlib import Path


class HarnessError(Exception):
    """Root of all exceptions that the harness raises on purpose."""


class UsageError(HarnessError):
    """The command line or a file given by the user is wrong; the message says where and how to mend it."""


class _PlacedError(UsageError):
    """A mistake at a place in a file."""

    def __init__(
        self,
        file: Path | str,
        key: str,
        *,
        expected: str,
        got: object,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        place = str(file)
        if line is not None:
            place += f":{line}" + (f":{column}" if column is not None else "")
        super().__init__(f"{place}: {key}: expected {expected}, got {got if isinstance(got, str) else repr(got)}")
        self.file, self.key, self.expected, self.got = str(file), key, expected, got
        self.line, self.column = line, column


class SpecError(_PlacedError):
    """A file in specs/ is wrong. The spec's author must act; no device is at fault."""


class TargetError(_PlacedError):
    """A target file is wrong. Its author must act; no device is at fault."""


class TransportError(HarnessError):
    """No connection could be made. Carries the address tried and why (`refused`, `timeout`, `unreachable`, `address`, `tls`, `terms`)."""

    def __init__(self, address: str, why: str, detail: str = "") -> None:
        super().__init__(f"cannot connect to {address}: {detail or why}")
        self.address, self.why = address, why


class PermitError(HarnessError):
    """The run's permit does not cover what a flow asked to send."""

    def __init__(self, effect: str, operation: str) -> None:
        super().__init__(f"{operation} is {effect}, which [target.allow] does not permit")
        self.effect, self.operation = effect, operation


class WireError(HarnessError):
    """Bytes from the other side that break the format.

    Args:
        rule: the rule that is broken, in the format's terms.
        offset: bytes from the start of the stream (FramingError) or of the message (DecodeError).
        expected: what the rule asks for.
        got: what stands there, readable.
    """

    def __init__(self, rule: str, *, offset: int, expected: str, got: object) -> None:
        super().__init__(f"byte {offset}: {rule}: expected {expected}, got {got}")
        self.rule, self.offset, self.expected, self.got = rule, offset, expected, str(got)


class FramingError(WireError):
    """The end of a message cannot be found; nothing after this point can be read."""


class DecodeError(WireError):
    """One message is not what its format allows; the next one can still be read."""


class InternalError(HarnessError):
    """The harness contradicts itself. Please report it; no device is at fault."""
