"""One backtest as rows and curves: what its document, its report and its page share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from daemon.domain.engine.simulation import ExitReason
from daemon.domain.stats.metrics import session_ends
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.failed import Failed, Outcome, succeeded
from daemon.supervisor.report import ReportRun, Subject

EPOCH = date(1970, 1, 1)


def report_runs(outcomes: Sequence[Outcome]) -> list[ReportRun]:
    """Every point of a sweep in order, failed ones with their reason.

    GenomeRefused where none succeeded: there is nothing to report.
    """
    subject = _subject(succeeded(outcomes)[0])
    return [
        _failed_run(outcome, subject) if isinstance(outcome, Failed) else report_run(outcome)
        for outcome in outcomes
    ]


def report_run(result: Backtest) -> ReportRun:
    """One backtest as the report shows it."""
    ends = session_ends(result.market.axis.session)
    days = result.market.axis.session_date[ends].tolist()
    return ReportRun(
        name=_name(result),
        params=dict(result.params),
        metrics=figures(result),
        dates=[EPOCH + timedelta(days=day) for day in days],
        equity=result.session_equity(),
        subject=_subject(result),
        trades=trade_rows(result),
        selection=result.evaluation.selection,
        refusal=result.evaluation.fitness_refusal,
        flags=result.evaluation.flags,
    )


def _failed_run(failed: Failed, subject: Subject) -> ReportRun:
    return ReportRun(
        name=_name(failed),
        params=dict(failed.params),
        metrics={},
        dates=(),
        equity=np.empty(0),
        subject=subject,
        failure=failed.failure,
    )


def _name(outcome: Outcome) -> str:
    return ", ".join(f"{k}={v:g}" for k, v in outcome.params.items()) or "backtest"


def _subject(result: Backtest) -> Subject:
    evaluation = result.evaluation
    return Subject(
        name=result.name,
        idea=result.gated.manifest.idea,
        hash=result.gated.hash,
        symbols=evaluation.symbols,
        skipped=evaluation.skipped,
        timeframe=evaluation.timeframe,
        start=EPOCH + timedelta(days=evaluation.first_date),
        end=EPOCH + timedelta(days=evaluation.last_date),
        bars=evaluation.bars,
        capital=result.simulation.capital,
        friction=evaluation.friction,
        simulated=evaluation.simulated,
    )


def figures(result: Backtest) -> dict[str, Any]:
    """The metrics and the fitness by name, None where undefined."""
    metrics = result.evaluation.metrics
    named = {name: getattr(metrics, name) for name in metrics.__dataclass_fields__}
    return {**named, "fitness": result.evaluation.fitness}


def session_equity(result: Backtest) -> tuple[list[int], list[float]]:
    """Close time and equity at the last bar of each session."""
    ends = session_ends(result.market.axis.session)
    return result.market.axis.close_time[ends].tolist(), result.session_equity().tolist()


def trade_rows(result: Backtest) -> list[dict[str, Any]]:
    """The trades as interface.md lists them."""
    trades, axis = result.simulation.trades, result.market.axis
    rows = []
    for k in range(len(trades)):
        exit_bar = int(trades.exit_bar[k])
        quantity = float(trades.quantity[k])
        rows.append(
            {
                "symbol": result.market.symbols[int(trades.symbol[k])],
                "side": "long" if quantity > 0 else "short",
                "quantity": abs(quantity),
                "entry_time": instant(int(axis.open_time[trades.entry_bar[k]])),
                "entry_price": float(trades.entry_price[k]),
                "exit_time": None if exit_bar < 0 else instant(int(axis.open_time[exit_bar])),
                "exit_price": float(trades.exit_price[k]),
                "pnl": float(trades.pnl[k]),
                "fees": float(trades.fees[k]),
                "reason": ExitReason(int(trades.reason[k])).name.lower(),
            }
        )
    return rows


def instant(nanoseconds: int) -> str:
    """ISO 8601 in UTC."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat()
