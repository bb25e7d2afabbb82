"""How the market of this moment looks: open or closed, the coming holidays, last quotes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from daemon.cli.output import out, print_json, print_table
from daemon.domain.market.present import Holiday, Quote
from daemon.supervisor.present import Present

_SHOWN: Final = 8


def print_now(found: Present, as_json: bool) -> None:
    """One document, or two sentences and a table; then a line for each symbol without a quote."""
    if as_json:
        print_json(_document(found))
        return
    at = f"{found.status.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    out.print(f"{found.source}: the market is {found.status.market} ({at}).", markup=False)
    words = dict.fromkeys(_words(one) for one in sorted(found.holidays, key=lambda one: one.day))
    out.print(f"Next: {'; '.join([*words][:_SHOWN]) or 'no holiday is known'}.", markup=False)
    if found.quotes:
        columns = ("symbol", "bid", "size", "ask", "size", "at (UTC)")
        print_table("", columns, [_row(one) for one in found.quotes])
    for symbol, message in found.failed:
        out.print(f"{symbol}: {message}", markup=False, soft_wrap=True)


def _document(found: Present) -> dict[str, object]:
    return {
        "source": found.source,
        "market": found.status.market,
        "at": found.status.at,
        "exchanges": dict(found.status.exchanges),
        "holidays": found.holidays,
        "quotes": found.quotes,
        "failed": [{"symbol": symbol, "message": message} for symbol, message in found.failed],
    }


def _words(one: Holiday) -> str:
    close = f" at {one.close.astimezone(UTC):%H:%M} UTC" if one.close else ""
    return f"{one.day} {one.name}, {one.status}{close}"


def _row(one: Quote) -> list[object]:
    at = datetime.fromtimestamp(one.at / 1e9, UTC)
    return [one.symbol, one.bid, one.bid_size, one.ask, one.ask_size, f"{at:%Y-%m-%d %H:%M:%S}"]
