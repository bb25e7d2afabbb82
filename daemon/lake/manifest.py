"""The manifest of a symbol: which parts hold its rows. Replacing it is the commit.

A reader trusts it; `verify` checks the parts against it. A part that no manifest names does not
exist, whatever lies on the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from daemon.errors import BadDataError

VERSION: Final = 2


def source_of(origin: str) -> str:
    """The source that an origin's text begins with: "massive" of "massive:rest"."""
    return re.split(r"[ :]", origin, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who gave some rows of a part, in a few words, and how many; rank: how much he is believed."""

    text: str
    rank: int
    rows: int


@dataclass(frozen=True, slots=True)
class PartFile:
    """One Parquet file. period: its day, its year or "all"; first, last: smallest and largest key.

    days: exchange dates with rows; origins: who gave the rows, by text, as the column `origin`
    numbers them; simulated: made up.
    """

    file: str
    period: str
    rows: int
    days: int
    first: int
    last: int
    bytes: int
    sha256: str
    origins: tuple[Provenance, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts of a symbol of one kind, by period."""

    kind: str
    symbol: str
    parts: tuple[PartFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    @property
    def simulated(self) -> bool:
        """True if any part holds made-up prices."""
        return any(part.simulated for part in self.parts)

    @property
    def digest(self) -> str:
        """SHA-256 of what the symbol holds: the checksums of its parts."""
        names = [self.kind, self.symbol, *(part.sha256 for part in self.parts)]
        return hashlib.sha256(json.dumps(names).encode()).hexdigest()

    @property
    def origins(self) -> tuple[str, ...]:
        """Who gave rows, by text, each once."""
        return tuple(sorted({one.text for part in self.parts for one in part.origins}))

    def overlaps(self, low: int, high: int) -> tuple[PartFile, ...]:
        """The parts that may hold keys from low (included) to high (excluded)."""
        return tuple(part for part in self.parts if part.first < high and part.last >= low)

    def encoded(self) -> bytes:
        """The manifest as the file's text."""
        document = {"version": VERSION, **asdict(self)}
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def load_manifest(path: Path) -> Manifest | None:
    """The manifest at a path, or nothing. BadDataError where the file is not one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        document = json.loads(content)
        if document["version"] != VERSION:
            raise ValueError(f"version {document['version']}")
        parts = tuple(_part(part) for part in document["parts"])
        return Manifest(document["kind"], document["symbol"], parts)
    except (ValueError, KeyError, TypeError) as error:
        raise BadDataError(
            f"{path}: expected a manifest of version {VERSION}, found {type(error).__name__}: "
            f"{error}; mend the lake with `nightshift lake repair`"
        ) from error


def _part(fields: dict[str, Any]) -> PartFile:
    origins = tuple(Provenance(**origin) for origin in fields["origins"])
    return PartFile(**{**fields, "origins": origins})
