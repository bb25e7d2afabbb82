"""The door to the test-only switches: layers may be off in tests, and then everybody is told."""

from __future__ import annotations

import os
from typing import Final

from loguru import logger

from daemon.errors import UsageError
from daemon.sandbox.layers import Off

VARIABLE: Final = "NIGHTSHIFT_TEST"


def allowed(off: Off) -> Off:
    """The layers asked to be off, announced; UsageError unless NIGHTSHIFT_TEST=1."""
    if not off:
        return off
    names = ", ".join(sorted(off))
    if os.environ.get(VARIABLE) != "1":
        raise UsageError(
            f"the sandbox cannot be run without {names}: layers are switched off in tests only, "
            f"with {VARIABLE}=1 in the environment"
        )
    logger.warning("{}", announcement(off))
    return off


def announcement(off: Off) -> str:
    """What everybody is told."""
    return f"SWITCHED OFF FOR TESTS: {', '.join(sorted(off))}. THIS IS NO LEVEL OF CONFINEMENT"
