"""The layers around a genome and the levels they add up to, by name.

Gate and namespace are the language's (`daemon.domain.genome`), the others the kernel's
(`confine`). Each has to hold alone; tests switch the others off (`switches`).
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Final

PLATFORM: Final[str] = sys.platform
"""The system that runs this; told so, a checker of types looks at the lines of every system."""


class Layer(StrEnum):
    """One layer. limits: of memory, time, descriptors, processes and files (setrlimit)."""

    GATE = "gate"
    NAMESPACE = "namespace"
    LIMITS = "limits"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


Off = frozenset[Layer]
"""Layers that are switched off, in tests only."""

NONE_OFF: Final[Off] = frozenset()
LANGUAGE: Final[Off] = frozenset({Layer.GATE, Layer.NAMESPACE})
KERNEL: Final[Off] = frozenset({Layer.LIMITS, Layer.LANDLOCK, Layer.SECCOMP})


class Level(StrEnum):
    """What was proved. A: every layer, on Linux. B: macOS with Seatbelt and a watch over memory.
    C: gate, namespace and limits only."""

    A = "A"
    B = "B"
    C = "C"

    def reaches(self, wanted: Level) -> bool:
        """True where this level is at least as strong."""
        return self.value <= wanted.value
