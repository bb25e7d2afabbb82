"""Where the vendor's day files lie: <asset>/<type>/<YYYY>/<MM>/<YYYY-MM-DD>.csv.gz."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

PREFIXES: Final = {
    "minute": "us_stocks_sip/minute_aggs_v1",
    "day": "us_stocks_sip/day_aggs_v1",
    "trades": "us_stocks_sip/trades_v1",
    "quotes": "us_stocks_sip/quotes_v1",
    "option_minute": "us_options_opra/minute_aggs_v1",
    "option_day": "us_options_opra/day_aggs_v1",
    "option_trades": "us_options_opra/trades_v1",
    "option_quotes": "us_options_opra/quotes_v1",
}
"""Folder of the day files of each kind, below the bucket or the folder `flatfiles`."""
_DAY_FILE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})\.csv\.gz")


def key_of(kind: str, day: date) -> str:
    """Key of the file that holds a kind's rows of a day."""
    return f"{PREFIXES[kind]}/{day:%Y/%m}/{day}.csv.gz"


def day_of(name: str) -> date | None:
    """The day of a file by its name, path or key; nothing if it is no day file."""
    match = _DAY_FILE.fullmatch(name.rsplit("/", 1)[-1])
    if match is None:
        return None
    try:
        return date(*(int(text) for text in match.groups()))
    except ValueError:  # 2024-02-31 is a name of no day
        return None
