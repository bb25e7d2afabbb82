"""Parsed rows as batches: options under their root, each symbol's rows in the order of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from daemon.domain.market.bars import Bools, Ints
from daemon.domain.market.contracts import Contract, contract_of
from daemon.domain.market.kinds import Columns, Kind, Rank
from daemon.domain.market.order import ordered
from daemon.domain.market.rules import row_faults
from daemon.plugin.flatfiles.parse import Parsed
from daemon.plugin.flatfiles.wanted import Wanted
from daemon.plugin.roles import Batch


def with_contracts(kind: Kind, table: Parsed) -> Parsed | None:
    """The rows of options with their contract's columns; nothing if some ticker is no contract."""
    if "strike" not in kind.names:
        return table
    contracts = [contract_of(ticker) for ticker in table.tickers]
    if not all(contracts):
        return None
    columns = {**table.columns, **contract_columns([one for one in contracts if one], table.codes)}
    return Parsed(table.tickers, table.codes, columns, table.grouped)


def contract_columns(contracts: list[Contract], places: Ints) -> Columns:
    """Expiration, strike and right of rows, by the place of each row's contract in the list."""
    return {
        "expiration": np.array([one.expiration for one in contracts], dtype=np.int32)[places],
        "strike": np.array([one.strike for one in contracts], dtype=np.float64)[places],
        "right": np.array([one.right for one in contracts], dtype=np.int8)[places],
    }


def faulty(kind: Kind, table: Parsed) -> Bools:
    """bool (R,): rows that break a rule, or the order of their ticker's rows in the file.

    Ticks that stand out of order are no fault: they are sorted.
    """
    wrong = row_faults(kind, table.columns)
    nameless = [place for place, ticker in enumerate(table.tickers) if not ticker.strip()]
    if nameless:
        wrong |= np.isin(table.codes, nameless)
    if not kind.repeats:
        same = table.codes[1:] == table.codes[:-1]
        key = table.columns[kind.key]
        wrong[1:] |= same & (key[1:] <= key[:-1])
    return wrong


def batches_of(
    kind: Kind, table: Parsed, wanted: Wanted, origin: str, whole: bool = True
) -> Iterator[Batch]:
    """A batch for each symbol that is wanted; whole: no ticker was left out.

    Only all contracts of a root are a day file; some of them must not take the others' place.
    """
    for symbol, columns in _by_symbol(kind, table, wanted):
        alone = wanted.whole(symbol) and (whole or not wanted.options)
        rank = Rank.DAY_FILE if alone else Rank.ANSWER
        yield Batch(symbol, ordered(kind, columns), origin, rank)


def _by_symbol(kind: Kind, table: Parsed, wanted: Wanted) -> Iterator[tuple[str, Columns]]:
    if not wanted.options:
        for start, end in pairwise(_borders(table.codes)):
            symbol = table.tickers[int(table.codes[start])]
            if wanted.has(symbol):
                yield symbol, {name: table.columns[name][start:end] for name in kind.names}
        return
    roots = [_root(ticker) if wanted.has(ticker) else "" for ticker in table.tickers]
    names = sorted({root for root in roots if root})
    number = np.array([names.index(root) if root else -1 for root in roots], dtype=np.int64)
    places = number[table.codes] if len(number) else np.zeros(0, dtype=np.int64)
    for place, symbol in enumerate(names):
        rows = np.flatnonzero(places == place)
        yield symbol, {name: table.columns[name][rows] for name in kind.names}


def _borders(codes: Ints) -> list[int]:
    return [*np.flatnonzero(np.diff(codes, prepend=-1)).tolist(), len(codes)]


def _root(ticker: str) -> str:
    contract = contract_of(ticker)
    return ticker if contract is None else contract.root
