"""What the vendor's bucket lists, and what may be wrong with one file of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from daemon.errors import MissingError, TransientError


class Replaced(TransientError):
    """The file is another one than was listed."""


class NotPublished(MissingError):
    """There is no such file, or not yet."""


class NotInPlan(MissingError):
    """The keys are right, and the plan does not include what was asked for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A day file as the vendor has it; its stamp changes when the vendor replaces it."""

    key: str
    day: date
    size: int
    etag: str

    @property
    def stamp(self) -> str:
        """What the lake remembers of it."""
        return f"{self.etag}-{self.size}"
