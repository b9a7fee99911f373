"""How often cycles among objects are looked for."""

from __future__ import annotations

import gc

OBJECTS = 50_000  # that are made before the youngest are looked through


def seldom_collected() -> None:
    """Look for cycles seldom until the process ends.

    Runs and servers make few cycles and many objects; looking for them every 700 objects takes a tenth of a run's time.
    """
    gc.set_threshold(OBJECTS, 20, 20)
