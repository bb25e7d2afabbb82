"""The exchange's sessions from exchange-calendars, kept as a small array file.

The library knows holidays, half days and daylight saving but costs half a second and pandas to
import; its table is therefore made once a version of it and read back as arrays.
"""

from __future__ import annotations

import io
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.calendar import SessionTable
from daemon.lake.files import write_whole

EXCHANGE: Final = "XNYS"
FIRST: Final = "1990-01-01"
LAST: Final = "2035-12-31"


def load_sessions(cache: Path) -> SessionTable:
    """All regular sessions from 1990 to 2035. cache: folder of the array file."""
    path = cache / f"sessions-{EXCHANGE}-{version('exchange-calendars')}-{LAST[:4]}.npy"
    try:
        stored = np.load(path, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        stored = _computed()
        buffer = io.BytesIO()
        np.save(buffer, stored)
        write_whole(path, buffer.getvalue(), cache / ".temporary")
    return SessionTable(stored[0].astype(np.int32), stored[1], stored[2])


def _computed() -> npt.NDArray[np.int64]:
    """int64 (3, S): dates in days, opens and closes in nanoseconds UTC."""
    import exchange_calendars  # half a second and pandas
    from pandas.errors import Pandas4Warning

    with warnings.catch_warnings():
        # the library's own, blamed on pandas itself, so a filter by module cannot name it
        warnings.simplefilter("ignore", Pandas4Warning)
        schedule = exchange_calendars.get_calendar(EXCHANGE, start=FIRST, end=LAST).schedule
    dates = schedule.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.stack([dates, _nanoseconds(schedule["open"]), _nanoseconds(schedule["close"])])


def _nanoseconds(instants: Any) -> npt.NDArray[np.int64]:
    naive = instants.dt.tz_convert("UTC").dt.tz_localize(None)
    nanoseconds: npt.NDArray[np.int64] = naive.to_numpy().astype("datetime64[ns]").astype(np.int64)
    return nanoseconds
