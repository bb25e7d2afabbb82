"""Option chains and open interest by REST: what the vendor knows of an underlying's contracts now.

There is no history of these: a snapshot that nobody took cannot be had later. It is stamped with
the time at which its last page had come, so that nothing in it is newer than it says; its origin
says so where the plan delays it. The open interest of a contract is that of the session before,
kept under the day on which it was asked for. Contracts under another root than their underlying
(adjusted ones, those of indices) are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from daemon.domain.market.contracts import Contract, contract_of, root_of
from daemon.domain.market.kinds import KINDS, Columns, Kind
from daemon.domain.market.rules import row_faults
from daemon.errors import BadDataError, MissingError, UsageError
from daemon.plugin.flatfiles.wanted import Wanted
from daemon.plugin.roles import Batch, Part, Request
from plugins.massive.days import Now, nanoseconds
from plugins.massive.rest import Document, NotFound, Rest, read_as, results_of

CHAIN_KINDS: Final = ("option_chains", "option_open_interest")
CHAIN: Final = "chain"
ORIGIN: Final = "massive:rest/snapshot"
_DELAYED: Final = "DELAYED"
_UNKNOWN: Final = float("nan")
Row = Mapping[str, float]


def chain_parts(request: Request, now: Now) -> list[Part]:
    """A part for each underlying, of today alone; asked for again each minute.

    UsageError without symbols, MissingError for dates without today.
    """
    if not request.symbols:
        raise UsageError(
            f"massive has {KINDS[request.kind].words} by underlying only; name some with "
            "--symbols SPY,QQQ"
        )
    today = _day(nanoseconds(now.at))
    if (request.start or today) > today or (request.end or today) < today:
        raise MissingError(
            f"massive has {KINDS[request.kind].words} of now only, expected dates with {today} "
            f"in them, found {request.start or 'the beginning'} to {request.end or 'today'}; "
            "leave --start and --end out"
        )
    roots = sorted({root_of(symbol) for symbol in request.symbols})
    stamp = now.stamp(today)
    return [Part(f"{CHAIN}/{request.kind}/{root}/{today}", today, stamp) for root in roots]


def snapshot(
    rest: Rest, part: Part, request: Request, now: Callable[[], datetime]
) -> Iterator[Batch]:
    """The wanted contracts of a part's underlying, as one batch; none where there are none.

    Then BadDataError, with a sentence on the contracts that were left out because what the vendor
    says of them is broken. Errors of the service are those of `Rest.answer`.
    """
    _, _, root, _ = part.key.split("/")
    wanted = Wanted.of(request.kind, request.symbols)
    found, delayed, broken = _contracts(rest, root, wanted)
    taken_at = nanoseconds(now())
    kind = KINDS[request.kind]
    if kind.dated:
        found = {name: row for name, row in found.items() if not np.isnan(row["open_interest"])}
    columns = _columns(kind, [*found.values()], taken_at)
    faulty = row_faults(kind, columns)
    broken += [f"{name} has a value below 0" for name in _named(found, faulty)]
    if not faulty.all():
        good = {name: column[~faulty] for name, column in columns.items()}
        yield Batch(root, good, f"{ORIGIN} delayed" if delayed else ORIGIN)
    if broken:
        raise BadDataError(
            f"massive, {root}: {len(broken)} contracts of the chain were left out, the first "
            f"because {broken[0]}; ingest again later"
        )


def _contracts(rest: Rest, root: str, wanted: Wanted) -> tuple[dict[str, Row], bool, list[str]]:
    """(rows by contract in their order, whether any is delayed, why contracts are left out)."""
    path = f"/v3/snapshot/options/{quote(root)}"
    rows: dict[Contract, Row] = {}
    broken, delayed = list[str](), False
    for document in _documents(rest, path):
        delayed = delayed or _is_delayed(document)
        try:
            contract, row = read_as(path, document, partial(_row, document))
        except BadDataError as error:
            broken += error.sentences
            continue
        if contract.root == root and wanted.has(contract.ticker):
            rows.setdefault(contract, row)
    order = sorted(rows, key=lambda one: (one.expiration, one.strike, one.right))
    return {contract.ticker: rows[contract] for contract in order}, delayed, broken


def _documents(rest: Rest, path: str) -> Iterator[Document]:
    try:
        for page in rest.pages(path, {"limit": "250", "order": "asc", "sort": "ticker"}):
            yield from results_of(page, path)
    except NotFound:
        return


def _row(found: Document) -> tuple[Contract, Row]:
    ticker = str(found["details"]["ticker"])
    contract = contract_of(ticker)
    if contract is None:
        raise ValueError(f"{ticker} is no name of a contract")
    quoted, traded, day, greeks, underlying = (
        found.get(name) or {}
        for name in ("last_quote", "last_trade", "day", "greeks", "underlying_asset")
    )
    sides = ("bid", "bid_size", "ask", "ask_size")
    names = ("bid_price", "bid_size", "ask_price", "ask_size")
    return contract, {
        "expiration": contract.expiration,
        "strike": contract.strike,
        "right": contract.right,
        **{name: _number(quoted, side, 0.0) for name, side in zip(names, sides, strict=True)},
        "last_price": _number(traded, "price", _number(day, "close", 0.0)),
        "implied_volatility": _number(found, "implied_volatility", _UNKNOWN),
        **{name: _number(greeks, name, _UNKNOWN) for name in ("delta", "gamma", "theta", "vega")},
        "volume": _number(day, "volume", 0.0),
        "open_interest": _number(found, "open_interest", _UNKNOWN),
        "underlying_price": _number(underlying, "price", _number(underlying, "value", _UNKNOWN)),
    }


def _number(found: Mapping[str, Any], name: str, unknown: float) -> float:
    value = found.get(name)
    if value is None:
        return unknown
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}, no number")
    return float(value)


def _is_delayed(found: Document) -> bool:
    parts = (found.get(name) for name in ("last_quote", "last_trade", "underlying_asset"))
    return any(isinstance(one, dict) and one.get("timeframe") == _DELAYED for one in parts)


def _columns(kind: Kind, rows: Sequence[Row], taken_at: int) -> Columns:
    key = _day_number(taken_at) if kind.dated else taken_at
    return {
        name: np.array([key if name == kind.key else row[name] for row in rows], dtype=dtype)
        for name, dtype in kind.columns
    }


def _named(rows: Mapping[str, Row], chosen: Any) -> list[str]:
    return [name for name, is_chosen in zip(rows, chosen.tolist(), strict=True) if is_chosen]


def _day(taken_at: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + _day_number(taken_at))


def _day_number(taken_at: int) -> int:
    """The exchange date under which the lake keeps rows of that instant."""
    return int(KINDS["option_chains"].days(np.array([taken_at]))[0])
