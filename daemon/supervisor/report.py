"""The report folder of `backtest --report` and `sweep --report`: tables, curves, a page, settings.

The folder is written beside its place and renamed, so that it is there whole or not at all. The
page holds its data and its plotting library itself and asks nothing of a network.
"""

from __future__ import annotations

import csv
import json
import math
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from daemon.domain.genome.contract import Number
from daemon.domain.market.bars import Floats
from daemon.errors import MissingError, UsageError
from daemon.supervisor.report_page import report_page

MARK: Final = "metrics.json"
"""A folder that holds this file (or nothing) may be replaced; any other is left alone."""

JUDGED: Final = ("selection", "fitness_refusal", "flags", "failure")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the runs of a report have in common: which genome on which market, on what terms.

    name, idea, hash: of the genome. start, end: the first and last session. bars: of the market.
    capital: dollars at the start. friction: the profile's name. simulated: made-up prices.
    """

    name: str
    idea: str
    hash: str
    symbols: Sequence[str]
    skipped: Sequence[str]
    timeframe: str
    start: date
    end: date
    bars: int
    capital: float
    friction: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class ReportRun:
    """One backtest of a report.

    name: what tells it from the other runs, its parameters for instance. metrics: the figures of
    `backtest --json`, None where undefined. dates, equity: one value per session, dollars at its
    close. trades: rows as `backtest --json` lists them. selection: the fitness over the blocks, or
    None with the refusal that says why. flags: of the evaluation. failure: why there is nothing of
    all this; "" for a run that succeeded.
    """

    name: str
    params: Mapping[str, Number]
    metrics: Mapping[str, float | None]
    dates: Sequence[date]
    equity: Floats
    subject: Subject
    trades: Sequence[Mapping[str, Any]] = ()
    selection: float | None = None
    refusal: str = ""
    flags: Sequence[str] = ()
    failure: str = ""


def write_report(folder: Path, runs: Sequence[ReportRun], configuration: str) -> None:
    """Writes the folder, replacing an earlier report there; at least one run succeeded.

    UsageError where the folder holds something else; MissingError where it cannot be written.
    """
    folder = folder.absolute()
    _refuse_foreign(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as work:
            fresh, old = Path(work) / "new", Path(work) / "old"
            _fill(fresh, runs, configuration)
            if folder.exists():
                folder.rename(old)
            fresh.rename(folder)
    except OSError as error:
        raise MissingError(
            f"cannot write the report to {folder}: {error.strerror}; "
            "expected a writable folder with room"
        ) from error


def curve_names(runs: Sequence[ReportRun]) -> list[str]:
    """File names of the curves: unique, and safe on every file system."""
    width = len(str(len(runs)))
    names = []
    for place, run in enumerate(runs, start=1):
        words = re.sub(r"[^A-Za-z0-9._-]+", "-", run.name).strip("-.")[:80] or "run"
        names.append(f"{words}.csv" if len(runs) == 1 else f"{place:0{width}d}-{words}.csv")
    return names


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file()):
        raise UsageError(
            f"{folder} holds something that is not a report; expected an empty folder, an earlier "
            "report or a new name"
        )


def _fill(folder: Path, runs: Sequence[ReportRun], configuration: str) -> None:
    (folder / "equity").mkdir(parents=True)
    curves = curve_names(runs)
    for run, name in zip(runs, curves, strict=True):
        if run.failure:
            continue
        rows = zip((d.isoformat() for d in run.dates), run.equity.tolist(), strict=True)
        _write_csv(folder / "equity" / name, ("date", "equity"), rows)
    _write_metrics(folder, runs, curves)
    _write_trades(folder, runs)
    (folder / "daemon.toml").write_text(configuration, encoding="utf-8")
    page = report_page({**_told(runs), "failed": _failed(runs)}, _page_runs(runs))
    (folder / "index.html").write_text(page, encoding="utf-8")


def _write_metrics(folder: Path, runs: Sequence[ReportRun], curves: Sequence[str]) -> None:
    params = list(dict.fromkeys(name for run in runs for name in run.params))
    figures = list(dict.fromkeys(name for run in runs for name in run.metrics))
    rows = [
        [
            run.name,
            *(run.params.get(name, "") for name in params),
            *("" if run.metrics.get(name) is None else run.metrics[name] for name in figures),
            "" if run.selection is None else run.selection,
            run.refusal,
            " ".join(run.flags),
            run.failure,
            _place(run, curve),
        ]
        for run, curve in zip(runs, curves, strict=True)
    ]
    _write_csv(folder / "metrics.csv", ["run", *params, *figures, *JUDGED, "curve"], rows)
    document = [
        {
            "run": run.name,
            "params": dict(run.params),
            "metrics": _finite(run.metrics),
            **_judged(run),
            "curve": _place(run, curve),
        }
        for run, curve in zip(runs, curves, strict=True)
    ]
    text = json.dumps({**_told(runs), "runs": document}, indent=1, allow_nan=False)
    (folder / MARK).write_text(text + "\n", encoding="utf-8")


def _place(run: ReportRun, curve: str) -> str:
    return "" if run.failure else f"equity/{curve}"


def _write_trades(folder: Path, runs: Sequence[ReportRun]) -> None:
    traded = [run for run in runs if run.trades]
    if not traded:
        return
    columns = list(traded[0].trades[0])
    rows = ([run.name, *trade.values()] for run in traded for trade in run.trades)
    _write_csv(folder / "trades.csv", ["run", *columns], rows)


def _write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _page_runs(runs: Sequence[ReportRun]) -> list[dict[str, Any]]:
    return [
        {
            "name": run.name,
            "params": dict(run.params),
            "metrics": _finite(run.metrics),
            **_judged(run),
            "dates": [day.isoformat() for day in run.dates],
            "equity": run.equity,
            "trades": list(run.trades) if len(runs) == 1 else [],
        }
        for run in runs
        if not run.failure
    ]


def _failed(runs: Sequence[ReportRun]) -> list[dict[str, Any]]:
    return [{**run.params, "why": run.failure} for run in runs if run.failure]


def _judged(run: ReportRun) -> dict[str, Any]:
    found = (run.selection, run.refusal, list(run.flags), run.failure)
    return dict(zip(JUDGED, found, strict=True))


def _told(runs: Sequence[ReportRun]) -> dict[str, Any]:
    """The subject as JSON knows it; the capital and the friction stand beside genome and data."""
    subject = runs[0].subject
    return {
        "genome": {"name": subject.name, "idea": subject.idea, "hash": subject.hash},
        "data": {
            "symbols": list(subject.symbols),
            "skipped": list(subject.skipped),
            "timeframe": subject.timeframe,
            "start": subject.start.isoformat(),
            "end": subject.end.isoformat(),
            "bars": subject.bars,
            "simulated": subject.simulated,
        },
        "capital": subject.capital,
        "friction": subject.friction,
    }


def _finite(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        name: None if value is None or not math.isfinite(value) else value
        for name, value in metrics.items()
    }
