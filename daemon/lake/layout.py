"""Where things lie in the lake; `daemon.domain.market.kinds` has the columns of each kind.

    <lake>/<kind>/<SYMBOL>/manifest.json                   commit point: lists the parts
    <lake>/<kind>/<SYMBOL>/<period>-<checksum>.parquet     a part (a day, a year, "all"), zstd
    <lake>/.journal/<source>-<kind>.json                   parts of the source that are in
    <lake>/.journal/differences/, .journal/replaced/       see the modules of these names
    <lake>/.temporary/                                     half-written files, outside any glob
    <lake>/.quarantine/                                    parts that failed `verify`

A symbol becomes a folder name by percent-encoding everything but A-Z, 0-9 and the dot: vendor
tickers hold lower-case letters (ABFpA), which some file systems fold into upper case.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from daemon.errors import BadDataError

_LONGEST_SYMBOL: Final = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of a lake in a folder. cache: folder of what can be made again, `.cache` if none."""

    root: Path
    cache: Path | None = None

    @property
    def lock(self) -> Path:
        """Held by whoever writes; holds the digest of the lake at rest."""
        return self.root / ".lock"

    @property
    def index(self) -> Path:
        """What all manifests say, in one file."""
        name = hashlib.sha256(str(self.root.absolute()).encode()).hexdigest()[:16]
        return (self.cache or self.root / ".cache") / f"parts-{name}.arrow"

    @property
    def temporary(self) -> Path:
        """Folder of half-written files."""
        return self.root / ".temporary"

    @property
    def quarantine(self) -> Path:
        """Folder of parts found broken."""
        return self.root / ".quarantine"

    def receipts(self, source: str, kind: str) -> Path:
        """Which parts of a source are in."""
        return self.root / ".journal" / f"{folder_name(source)}-{kind}.json"

    def all_receipts(self, kind: str) -> list[Path]:
        """The receipts of all sources for a kind."""
        return sorted((self.root / ".journal").glob(f"*-{kind}.json"))

    def folder(self, kind: str, symbol: str) -> Path:
        """Folder of a symbol's parts."""
        return self.root / kind / folder_name(symbol)

    def manifest(self, kind: str, symbol: str) -> Path:
        """The commit point of a symbol."""
        return self.folder(kind, symbol) / "manifest.json"

    def symbols(self, kind: str) -> tuple[str, ...]:
        """Symbols that have a manifest, sorted."""
        found = (self.root / kind).glob("*/manifest.json")
        return tuple(sorted(unquote(path.parent.name) for path in found))


def folder_name(symbol: str) -> str:
    """A symbol as a folder name. BadDataError where it is empty or longer than 64 characters."""
    if not 0 < len(symbol) <= _LONGEST_SYMBOL:
        raise BadDataError(
            f"symbol {symbol[:80]!r}: expected 1 to {_LONGEST_SYMBOL} characters, "
            f"found {len(symbol)}; mend the ticker in the source"
        )
    encoded = "".join(
        c if re.fullmatch(r"[A-Z0-9.]", c) else "".join(f"%{b:02X}" for b in c.encode())
        for c in symbol
    )
    return re.sub(r"^\.", "%2E", encoded)
