"""What the suite does not ask yet: the messages that a device sends of its own accord, and lists that go on from where they were."""

from suites.tps import SUITE

_HEARD = "the cases that listen for what a device sends"
_GOING_ON = "the cases of enumerations that go on"

SUITE.later.update(
    {
        **dict.fromkeys(
            (
                "TPS-callback.*",
                "TPS-CBK-*",
                "TPS-DIA-*",
                "TPS-EVT-*",
                "TPS-PRV-*",
                "TPS-RCV-*",
                "TPS-struct.*RxStream*",
                "TPS-struct.*TxStream*",
                "TPS-struct.preview*",
                "TPS-*:fault.too-many-requests",
                "TPS-*:fault.no-free-slot",
            ),
            _HEARD,
        ),
        "TPS-ENM-*": _GOING_ON,
    }
)
