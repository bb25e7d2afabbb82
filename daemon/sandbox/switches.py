"""The door to the test-only switches: layers may be off in tests, and then everybody is told."""

from __future__ import annotations

import os
import sys
from typing import Final

from daemon.errors import UsageError
from daemon.sandbox.layers import Off

VARIABLE: Final = "NIGHTSHIFT_TEST"


def allowed(off: Off) -> Off:
    """The layers asked to be off, announced whatever the log says; UsageError outside of tests."""
    if not off:
        return off
    names = ", ".join(sorted(off))
    if os.environ.get(VARIABLE) != "1":
        raise UsageError(
            f"the sandbox cannot be run without {names}: layers are switched off in tests only, "
            f"with {VARIABLE}=1 in the environment"
        )
    sys.stderr.write(f"SWITCHED OFF FOR TESTS: {names}. THIS IS NO LEVEL OF CONFINEMENT\n")
    return off
