"""Finished work that waits to be stored together: one transaction instead of one for each piece.

What waits is lost in a crash and done again, with the same result. It waits for about a second, and
at the longest until the next piece comes: whoever fills it asks `is_due` then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

LONGEST_S: Final = 1.0
Piece = TypeVar("Piece")


@dataclass
class Backlog(Generic[Piece]):
    """Pieces in their order. since: monotonic seconds at which the first of them came."""

    monotonic: Callable[[], float]
    pieces: list[Piece] = field(default_factory=list)
    since: float = 0.0

    def add(self, piece: Piece) -> None:
        """Puts a piece behind the others."""
        if not self.pieces:
            self.since = self.monotonic()
        self.pieces.append(piece)

    def is_due(self) -> bool:
        """Whether the first piece has waited long enough."""
        return bool(self.pieces) and self.monotonic() - self.since >= LONGEST_S

    def taken(self) -> list[Piece]:
        """All pieces; none is left."""
        taken, self.pieces = self.pieces, []
        return taken
