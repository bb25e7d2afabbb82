"""Sweeps: the points in order, each the same as a backtest of its own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from daemon.cli.sweep_view import print_sweep, sweep_document
from daemon.config import Loaded
from daemon.domain.evolution.records import Origin
from daemon.domain.genome import gate
from daemon.errors import GenomeRefused, Reason
from daemon.supervisor.bootstrap import workbench
from daemon.supervisor.evaluations import bind
from daemon.supervisor.failed import Failed, Outcome, succeeded
from daemon.supervisor.owner import (
    OwnerRequest,
    owner_backtest,
    owner_terms,
    probed_market,
    read_genome,
    record_trials,
)
from daemon.supervisor.owner_report import figures, report_runs
from daemon.supervisor.places import open_store
from daemon.supervisor.report import write_report
from daemon.supervisor.sweep import grid_points, leaders, owner_sweep

AXES = {"fast": (10, 20), "slow": (50, 100, 150)}

PEEKING = '''"""Hold before it rises, where told to."""

PARAMS = {{"n": (2, 1, 9)}}
WARMUP = 20


def signal(bars, p):
    {body}
    ahead = np.minimum(np.arange(len(bars.close)) + 1, len(bars.close) - 1)
    known = np.where(peek > 0, bars.close[ahead], bars.close)
    return np.where(known > bars.open, 1.0, 0.0)
'''


@pytest.fixture
def request_(repository: Path) -> OwnerRequest:
    return OwnerRequest(str(repository / "genomes" / "seeds" / "moving_average_cross.py"))


def test_the_last_parameter_of_a_grid_moves_fastest() -> None:
    points = grid_points({"a": (1, 2), "b": (3, 4.5)})

    assert points == [{"a": 1, "b": 3}, {"a": 1, "b": 4.5}, {"a": 2, "b": 3}, {"a": 2, "b": 4.5}]


def test_a_sweep_is_its_backtests_in_order_and_each_a_trial(
    used: Loaded, request_: OwnerRequest, tmp_path: Path
) -> None:
    told: list[int] = []

    runs, seconds = asyncio.run(owner_sweep(used, request_, AXES, tmp_path / "report", told.append))

    assert [dict(run.params) for run in runs] == grid_points(AXES)
    assert told == [1, 2, 3, 4, 5, 6]
    assert seconds > 0
    with open_store(used, daemon=False) as store:
        mine = [trial for trial in store.trials() if trial.origin is Origin.OWNER]
    assert [dict(trial.params) for trial in mine] == grid_points(AXES)
    assert {trial.cost.wall_s for trial in mine} == {seconds / 6}
    page = (tmp_path / "report" / "index.html").read_text()
    assert "fast=20, slow=150" in page
    document = json.loads((tmp_path / "report" / "metrics.json").read_text())
    assert [run["params"] for run in document["runs"]] == grid_points(AXES)
    assert len(list((tmp_path / "report" / "equity").iterdir())) == 6
    for run in (runs[0], runs[5]):
        point = OwnerRequest(request_.genome, params=run.params)
        alone, _ = asyncio.run(owner_backtest(used, point, None))
        assert figures(run) == figures(alone)
        assert run.simulation.trades.hash == alone.simulation.trades.hash
        assert run.evaluation.positions_hash == alone.evaluation.positions_hash


def test_a_parameter_that_is_not_there_runs_nothing(rested: Loaded, request_: OwnerRequest) -> None:
    axes = {**AXES, "fsat": (1, 2)}

    with pytest.raises(GenomeRefused, match='no parameter "fsat"; did you mean "fast"'):
        asyncio.run(owner_sweep(rested, request_, axes, None, lambda done: None))


def test_a_point_out_of_its_range_runs_nothing(rested: Loaded, request_: OwnerRequest) -> None:
    with pytest.raises(GenomeRefused, match='"fast" cannot be -3; expected a whole number from 5'):
        asyncio.run(owner_sweep(rested, request_, {"fast": (10, -3)}, None, lambda done: None))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("peek = bars.close[len(bars.close) + int(p['n'])]", "line 8: it raised"),
        ("peek = np.where(p['n'] > 1, 1.0, 0.0)", "the bars from"),
        (
            "peek = np.where((len(bars.close) > 430) & (len(bars.close) < 445), 1.0, 0.0)",
            "market that it was priced on",
        ),
    ],
)
def test_a_sweep_of_a_genome_that_fails_or_peeks_prices_nothing(
    used: Loaded, tmp_path: Path, body: str, words: str
) -> None:
    path = tmp_path / "bad.py"
    path.write_text(PEEKING.format(body=body))
    with open_store(used, daemon=False) as store:
        before = store.trial_count()

    with pytest.raises(GenomeRefused, match=words):
        asyncio.run(
            owner_sweep(used, OwnerRequest(str(path)), {"n": (2, 3)}, None, lambda done: None)
        )

    with open_store(used, daemon=False) as store:
        assert store.trial_count() == before


def test_a_sweep_that_the_probe_refuses_is_one_failed_trial(used: Loaded, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(PEEKING.format(body="peek = bars.close[len(bars.close) + int(p['n'])]"))

    with pytest.raises(GenomeRefused, match="line 8: it raised"):
        asyncio.run(
            owner_sweep(used, OwnerRequest(str(path)), {"n": (3, 4)}, None, lambda done: None)
        )

    with open_store(used, daemon=False) as store:
        (failed,) = [trial for trial in store.trials() if trial.origin is Origin.OWNER]
    assert (failed.evaluation, dict(failed.params)) == (None, {"n": 2})
    assert "line 8: it raised" in failed.failure


async def outcomes_of(loaded: Loaded, request: OwnerRequest) -> list[Outcome]:
    """A point that succeeded between two that failed, recorded."""
    async with workbench(loaded) as bench:
        gated = gate.check(read_genome(loaded, request.genome))
        market, skipped, _ = await probed_market(bench, gated, request)
        terms = owner_terms(bench, request, skipped)
        points = [bind(gated, point) for point in grid_points({"fast": (10, 20, 30)})]
        found = await bench.evaluations.backtest(gated.source, market, points[1], terms)
        slow = (Reason("too_slow", 0, "it took longer than 30 s"),)
        failed = [Failed(gated, points[k], market, terms, slow) for k in (0, 2)]
        outcomes = [failed[0], found.by_session(), failed[1]]
        record_trials(loaded, bench, outcomes)
    return outcomes


def test_a_point_that_fails_is_a_failed_trial_and_the_others_are_shown(
    used: Loaded, request_: OwnerRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = asyncio.run(outcomes_of(used, request_))

    with open_store(used, daemon=False) as store:
        mine = [trial for trial in store.trials() if trial.origin is Origin.OWNER]
    slow = "it took longer than 30 s"
    assert [trial.failure for trial in mine] == [slow, "", slow]
    assert [trial.params["fast"] for trial in mine] == [10, 20, 30]
    runs = sweep_document(outcomes, 1.0)["runs"]
    assert [run["failure"] for run in runs] == [slow, "", slow]
    assert [run["metrics"] is None for run in runs] == [True, False, True]
    print_sweep(outcomes, 1.0, None)
    assert "2 points failed" in capsys.readouterr().out
    write_report(tmp_path / "report", report_runs(outcomes), "")
    document = json.loads((tmp_path / "report" / "metrics.json").read_text())
    assert [run["failure"] for run in document["runs"]] == [slow, "", slow]
    assert [bool(run["curve"]) for run in document["runs"]] == [False, True, False]
    assert len(list((tmp_path / "report" / "equity").iterdir())) == 1
    page = (tmp_path / "report" / "index.html").read_text()
    assert "sweep of 3 runs" in page


def test_where_no_point_succeeds_the_first_failure_is_the_error(
    rested: Loaded, request_: OwnerRequest
) -> None:
    gated = gate.check(read_genome(rested, request_.genome))
    reasons = [(Reason("raised", 3, "it raised"),), (Reason("too_slow", 0, "it was late"),)]
    nothing: Any = None
    failed = [Failed(gated, {}, nothing, nothing, reason) for reason in reasons]

    with pytest.raises(GenomeRefused, match=r"^line 3: it raised$"):
        succeeded(failed)


def test_the_leading_points_are_those_of_the_best_selection_then_sharpe_ratio() -> None:
    def point(number: int, selection: float | None, sharpe: float | None) -> SimpleNamespace:
        metrics = SimpleNamespace(sharpe=sharpe)
        return SimpleNamespace(
            number=number, evaluation=SimpleNamespace(selection=selection, metrics=metrics)
        )

    points = [point(0, None, 9.0), point(1, 0.1, 1.0), point(2, 0.1, 2.0), point(3, 0.4, 0.1)]
    points.append(point(4, None, None))

    assert [found.number for found in leaders(points)] == [3, 2, 1]  # type: ignore[arg-type]
    assert [found.number for found in leaders(points[4:] + points[:1])] == [0, 4]  # type: ignore[arg-type]
