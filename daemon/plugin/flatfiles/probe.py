"""Which kind of rows a day file holds, wherever it lies and whatever it is called."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Final

from daemon.errors import BadDataError
from daemon.plugin.flatfiles.cut import lines_of
from daemon.plugin.flatfiles.layout import PREFIXES

_HOUR: Final = 3_600_000_000_000
_MIDNIGHTS: Final = (4 * _HOUR, 5 * _HOUR)


def kind_of(path: Path) -> str:
    """By its folder, else by its header and first row. BadDataError where neither tells."""
    for kind, prefix in PREFIXES.items():
        if f"/{prefix}/" in path.as_posix():
            return kind
    header, row = (*islice(lines_of(path), 2), "", "")[:2]
    names = [name.strip().lower() for name in header.split(",")]
    fields = dict(zip(names, row.strip().split(","), strict=False))
    found = _by_columns(names, fields.get("window_start", ""))
    if found is None:
        raise BadDataError(
            f"{path}: expected the columns of trades, quotes or bars, "
            f"found {header.strip()[:120]!r}; name a day file in the vendor's layout"
        )
    option = fields.get("ticker", "").startswith("O:")
    return f"option_{found}" if option else found


def _by_columns(names: list[str], stamp: str) -> str | None:
    if "window_start" in names:
        midnight = stamp.isdigit() and int(stamp) % (24 * _HOUR) in _MIDNIGHTS
        return "day" if midnight else "minute"
    if "sip_timestamp" not in names:
        return None
    return "quotes" if "bid_price" in names else "trades" if "price" in names else None
