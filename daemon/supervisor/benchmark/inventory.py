"""The inventory of a lake with many parts: told from the index, and without it."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daemon.domain.market.kinds import Rank
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.manifest import Manifest, PartFile, Provenance

PARTS: Final = 10_000
SYMBOLS: Final = 25
_DAY: Final = 86_400_000_000_000
_FIRST: Final = 19_000 * _DAY + 15 * 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """So many symbols of a kind, of so many parts each."""

    kind: str
    symbols: int
    parts: int


SHAPES: Final = {
    "market": Shape("minute", PARTS, 1),
    "ticks": Shape("trades", SYMBOLS, PARTS // SYMBOLS),
}
"""A day of the whole market, and a year and a half of ticks: as wide and as deep as it gets."""


def inventory_figures(rounds: int) -> dict[str, float]:
    """Median seconds of `Lake.inventory` with gaps, by shape; fresh: the first time, no index."""
    figures: dict[str, float] = {"inventory_parts": PARTS}
    for name, shape in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            lake = Lake(Path(folder) / "lake", cache=Path(folder) / "cache")
            lake.sessions  # noqa: B018 - the calendar is made once
            _fill(lake, shape)
            lake.layout.index.unlink(missing_ok=True)
            fresh = _seconds(lake.inventory)
            lake.tidy()
            seconds = sorted(_seconds(lake.inventory) for _ in range(rounds))
            assert len(lake.inventory()) == shape.symbols
        figures[f"inventory_{name}_seconds"] = seconds[len(seconds) // 2]
        figures[f"inventory_{name}_fresh_seconds"] = fresh
    return figures


def _fill(lake: Lake, shape: Shape) -> None:
    """Manifests only: an inventory never opens a part."""
    with single_writer(lake.layout):
        for number in range(shape.symbols):
            symbol = f"S{number:05d}"
            parts = tuple(_part(number, place) for place in range(shape.parts))
            path = lake.layout.manifest(shape.kind, symbol)
            path.parent.mkdir(parents=True)
            path.write_bytes(Manifest(shape.kind, symbol, parts).encoded())


def _part(symbol: int, place: int) -> PartFile:
    first, checksum = _FIRST + place * _DAY, f"{symbol:032x}{place:032x}"
    origin = Provenance("files us_stocks_sip/minute_aggs_v1", Rank.DAY_FILE, 390)
    return PartFile(
        file=f"{place:04d}-{checksum[-12:]}.parquet",
        period=f"{place:04d}",
        rows=390,
        days=1,
        first=first,
        last=first + 23_340_000_000_000,
        bytes=9_000,
        sha256=checksum,
        origins=(origin,),
        simulated=False,
    )


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
