"""Evaluations as columns of the ledger and back, and the series of returns behind them.

Figures are columns, so that a briefing can ask for them; blocks and descriptors are JSON. SQLite
has no NaN: a figure that is not a number is kept as NULL and comes back as NaN, or as None where
the metric may be undefined. Returns are kept once by content, float64 little-endian, deflated.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.evaluation import Block, Descriptors, Evaluation
from daemon.domain.market.bars import Floats
from daemon.domain.stats.metrics import Metrics
from daemon.errors import BadDataError
from daemon.store import tables

PLAIN = [
    "market_hash",
    "positions_hash",
    "friction",
    "friction_hash",
    "timeframe",
    "first_date",
    "last_date",
    "bars",
    "trade_hash",
    "simulated",
    "fitness",
    "fitness_refusal",
    "selection",
]
LISTS = ("symbols", "skipped", "flags")
FIGURES = tuple(field.name for field in fields(Metrics))
_BLOCK = tuple(field.name for field in fields(Block))
_DESCRIPTORS = tuple(field.name for field in fields(Descriptors))
_KNOWN = "SELECT 1 FROM series WHERE hash = ?"
_ADD = "INSERT INTO series (hash, content) VALUES (?, ?)"
_ALWAYS = {field.name for field in fields(Metrics) if "None" not in str(field.type)}

NOTHING: Mapping[str, Any] = {
    "evaluated": False,
    **dict.fromkeys(PLAIN, ""),
    **dict.fromkeys(("first_date", "last_date", "bars"), 0),
    **dict.fromkeys(("fitness", "selection", "session_returns", "market_returns", *FIGURES)),
    "simulated": False,
    **{name: [] for name in (*LISTS, "blocks")},
    "descriptors": {},
    "niche": "",
}


def columns(session: Session, evaluation: Evaluation) -> dict[str, Any]:
    """The columns of a trial for this evaluation; its series are written on the way."""
    return {
        "evaluated": True,
        **{name: getattr(evaluation, name) for name in PLAIN},
        **{name: list(getattr(evaluation, name)) for name in LISTS},
        "blocks": [_plain(block, _BLOCK) for block in evaluation.blocks],
        "descriptors": _plain(evaluation.descriptors, _DESCRIPTORS),
        "niche": evaluation.descriptors.niche,
        "session_returns": _keep(session, evaluation.session_returns),
        "market_returns": _keep(session, evaluation.market_returns),
        **_plain(evaluation.metrics, FIGURES),
    }


def record(row: tables.Trial, series: Mapping[str, Floats]) -> Evaluation:
    """The evaluation of a trial's row; `series` holds the arrays it refers to."""
    figures = {name: getattr(row, name) for name in FIGURES}
    undefined = {name: float("nan") for name in _ALWAYS if figures[name] is None}
    values: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    values |= {name: tuple(getattr(row, name)) for name in LISTS}
    return Evaluation(
        **values,
        metrics=Metrics(**{**figures, **undefined}),
        blocks=tuple(Block(**block) for block in row.blocks),
        descriptors=Descriptors(**row.descriptors),
        session_returns=series[row.session_returns or ""],
        market_returns=series[row.market_returns or ""],
    )


def load_series(session: Session, rows: Iterable[tables.Trial]) -> dict[str, Floats]:
    """Read-only arrays by hash, for all the rows; equal ones are one array."""
    wanted = sorted({name for r in rows for name in (r.session_returns, r.market_returns) if name})
    found: dict[str, Floats] = {}
    for start in range(0, len(wanted), 500):
        some = col(tables.Series.hash).in_(wanted[start : start + 500])
        for row in session.scalars(select(tables.Series).where(some)):
            found[row.hash] = np.frombuffer(_unpacked(row), dtype="<f8")
    return found


def _plain(values: Block | Descriptors | Metrics, names: Iterable[str]) -> dict[str, Any]:
    """Fields that hold plain numbers and texts alone, which `asdict` would copy one by one."""
    return {name: getattr(values, name) for name in names}


def _unpacked(row: tables.Series) -> bytes:
    try:
        return zlib.decompress(row.content)
    except zlib.error as error:
        raise BadDataError(
            f"the returns kept as {row.hash} are damaged ({error}); "
            "`nightshift verify` tells what else is, a backup has them whole"
        ) from error


def _keep(session: Session, values: Floats) -> str:
    content = np.ascontiguousarray(values, dtype="<f8").tobytes()
    name = hashlib.sha256(content).hexdigest()
    connection = session.connection()  # twice a trial: building statements would cost the most
    if connection.exec_driver_sql(_KNOWN, (name,)).first() is None:
        connection.exec_driver_sql(_ADD, (name, zlib.compress(content, 1)))
    return name
