"""Backtests by hand: recorded as the owner's, on the terms he names."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.config import Loaded
from daemon.domain.evolution.lineage import Lineage
from daemon.domain.evolution.records import Origin, Stage, Trial
from daemon.domain.evolution.tiers import Tier
from daemon.errors import GenomeRefused, MissingError, UsageError
from daemon.lake.reader import calendar_date
from daemon.supervisor.campaign import one_night
from daemon.supervisor.evaluations import Backtest, Evaluations
from daemon.supervisor.owner import OwnerRequest, owner_backtest
from daemon.supervisor.places import open_store
from tests.supervisor.conftest import hash_of

OWN = '''"""Hold above the average, by hand."""

PARAMS = {"window": (20, 5, 60)}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["window"]), 1.0, 0.0)
'''


@pytest.fixture
def genome(tmp_path: Path) -> str:
    path = tmp_path / "by_hand.py"
    path.write_text(OWN)
    return str(path)


def backtest(
    loaded: Loaded, genome: str, report: Path | None = None, **changes: Any
) -> tuple[Backtest, float]:
    request = replace(OwnerRequest(genome), **changes)
    return asyncio.run(owner_backtest(loaded, request, report))


def test_it_is_a_trial_of_the_owner_and_twice_the_same_is_one(used: Loaded, genome: str) -> None:
    first, _ = backtest(used, genome)
    again, _ = backtest(used, genome)
    other, _ = backtest(used, genome, params={"window": 10})

    with open_store(used, daemon=False) as store:
        mine = [t for t in store.trials() if t.origin is Origin.OWNER]
        kept = store.genome(first.gated.hash)
    assert [dict(trial.params) for trial in mine] == [{"window": 20}, {"window": 10}]
    assert mine[0].night == ""
    assert mine[0].evaluation is not None
    assert mine[0].evaluation.positions_hash == first.evaluation.positions_hash
    assert mine[0].lineage is not None
    assert mine[0].lineage.behaviour == kept.behaviour != ""
    assert (mine[0].cost.cpu_s or 0.0) > 0.0
    assert (mine[0].cost.wall_s or 0.0) > 0.0
    assert again.simulation.trades.hash == first.simulation.trades.hash
    assert other.simulation.trades.hash != first.simulation.trades.hash
    assert (kept.stage, kept.operator, kept.name) == (Stage.BORN, "owner", "by_hand")


def test_the_trials_of_a_night_tell_what_they_cost_and_where_they_come_from(rested: Loaded) -> None:
    with open_store(rested, daemon=False) as store:
        trials = [(trial, store.genome(trial.genome)) for trial in store.trials()]

    for trial, genome in trials:
        lineage = Lineage(genome.behaviour, genome.operator, genome.parents, genome.seed)
        assert trial.lineage == lineage
        assert lineage.seed is not None
        assert trial.evaluation is None or (trial.cost.cpu_s or 0.0) > 0.0
        assert (trial.cost.wall_s or 0.0) > 0.0
    assert trials


def test_the_owners_trials_are_not_the_nights(used: Loaded, genome: str) -> None:
    with open_store(used, daemon=False) as store:
        night = store.nights()[0].id
        before, elites = (
            store.trial_count(night),
            [e.trial.number for e in store.elites(hash_of(used))],
        )

    backtest(used, genome)

    with open_store(used, daemon=False) as store:
        assert store.trial_count(night) == before
        assert store.trial_count() == before + 1
        assert [elite.trial.number for elite in store.elites(hash_of(used))] == elites


def test_a_seed_tried_by_hand_is_still_adopted_by_the_night(
    fresh: Callable[..., Loaded], repository: Path, rested: Loaded
) -> None:
    loaded = fresh(rested.text + f'[lake]\npath = "{rested.lake}"\n')
    seed = repository / "genomes" / "seeds" / "rsi_pullback.py"
    tried, _ = backtest(loaded, str(seed))

    asyncio.run(one_night(loaded, loaded.settings.night, lambda name, report: None))

    with open_store(loaded, daemon=False) as store:
        adopted = store.genome(tried.gated.hash)
        night = {t.genome for t in store.trials() if t.origin is Origin.NIGHT}
        with open_store(rested, daemon=False) as undisturbed:
            expected = {t.genome for t in undisturbed.trials() if t.origin is Origin.NIGHT}
    assert (adopted.stage is not Stage.BORN, adopted.operator) == (True, "seed")
    assert night == expected


def test_the_report_has_figures_curve_page_trades_and_configuration(
    used: Loaded, genome: str, tmp_path: Path
) -> None:
    result, _ = backtest(used, genome, tmp_path / "report")

    folder = tmp_path / "report"
    assert {p.name for p in folder.iterdir()} == {
        "daemon.toml",
        "equity",
        "index.html",
        "metrics.csv",
        "metrics.json",
        "trades.csv",
    }
    (run,) = json.loads((folder / "metrics.json").read_text())["runs"]
    assert run["metrics"]["final_equity"] == result.evaluation.metrics.final_equity
    assert (folder / "daemon.toml").read_text() == used.text
    trades = (folder / "trades.csv").read_text().splitlines()
    assert len(trades) == 1 + len(result.simulation.trades)


def test_what_was_asked_for_is_what_runs(used: Loaded, genome: str) -> None:
    asked: dict[str, Any] = {
        "symbols": ("SIMB",),
        "start": date(2022, 3, 1),
        "end": date(2022, 12, 30),
        "capital": 5000.0,
        "friction": "none",
    }
    result, _ = backtest(used, genome, **asked)

    assert result.evaluation.symbols == ("SIMB",)
    assert result.evaluation.friction == "none"
    assert result.session_equity()[0] == 5000.0
    days = [result.evaluation.first_date, result.evaluation.last_date]
    assert days == [(day - date(1970, 1, 1)).days for day in (asked["start"], asked["end"])]


def test_a_stored_genome_is_named_by_its_id(used: Loaded) -> None:
    with open_store(used, daemon=False) as store:
        known = store.elites(hash_of(used))[0]

    assert known.trial.evaluation is not None
    last = date.fromordinal(date(1970, 1, 1).toordinal() + known.trial.evaluation.last_date)

    result, _ = backtest(used, known.genome.hash[:12], end=last)

    assert result.gated.hash == known.genome.hash
    assert result.evaluation.positions_hash == known.trial.evaluation.positions_hash


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"symbols": ("SIMA", "ZZZ")}, MissingError, "no 1d data for ZZZ up to 20"),
        ({"symbols": ("ZZZ",)}, MissingError, "no 1d bars of ZZZ"),
        (
            {"start": date(2023, 2, 1), "end": date(2023, 1, 1)},
            UsageError,
            "--start 2023-02-01 lies after --end 2023-01-01",
        ),
        ({"end": date(1999, 1, 1)}, MissingError, "between the beginning and 1999-01-01"),
        ({"timeframe": "7m"}, UsageError, 'no time frame "7m"'),
        ({"friction": "retial"}, UsageError, 'did you mean "retail"'),
        ({"params": {"windw": 3}}, GenomeRefused, 'did you mean "window"'),
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_trial(
    rested: Loaded, genome: str, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with open_store(rested, daemon=False) as store:
        before = store.trial_count()

    with pytest.raises(error, match=words):
        backtest(rested, genome, **changes)

    with open_store(rested, daemon=False) as store:
        assert store.trial_count() == before


def test_a_genome_that_is_nowhere_is_named(rested: Loaded) -> None:
    with pytest.raises(MissingError, match=r"no genome file at nowhere\.py"):
        backtest(rested, "nowhere.py")


def test_a_refused_genome_never_reaches_the_market(rested: Loaded, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text('"""Import."""\n\nimport os\n\n\ndef signal(bars, p):\n    return 0.0\n')

    with pytest.raises(GenomeRefused, match="line 3"):
        backtest(rested, str(bad))


PEEKING = '''"""Hold before it rises, where told to."""

WARMUP = 20


def signal(bars, p):
    n = len(bars.close)
    t = np.arange(n)
    ahead = np.minimum(t + 1, n - 1)
    known = np.where({when}, bars.close[ahead], bars.close)
    return np.where(known > bars.open, 1.0, 0.0)
'''


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("t % 4 == 0", "changes when the bars from"),
        ("(t % 4 == 0) & (n > 430) & (n < 445)", "on the market that it was priced on"),
    ],
)
def test_a_genome_that_peeks_is_a_failed_trial_and_no_report(
    used: Loaded, tmp_path: Path, when: str, words: str
) -> None:
    path = tmp_path / "peeks.py"
    path.write_text(PEEKING.format(when=when))
    with open_store(used, daemon=False) as store:
        before = store.trial_count()

    with pytest.raises(GenomeRefused, match=words) as why:
        backtest(used, str(path), tmp_path / "report")

    assert all(reason.code.startswith("lookahead") for reason in why.value.reasons)
    assert not (tmp_path / "report").exists()
    (failed,) = failures(used)
    assert failed.failure == str(why.value)
    with open_store(used, daemon=False) as store:
        assert store.trial_count() == before


def test_what_the_probe_refuses_is_never_priced(
    used: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "peeks.py"
    path.write_text(PEEKING.format(when="t % 4 == 0"))
    priced: list[object] = []
    monkeypatch.setattr(Evaluations, "price", lambda *words: priced.append(words))

    with pytest.raises(GenomeRefused):
        backtest(used, str(path))

    assert priced == []


def test_a_backtest_that_could_not_lead_is_proved_too(used: Loaded, tmp_path: Path) -> None:
    path = tmp_path / "loses.py"
    loses = PEEKING.format(when="(n > 430) & (n < 445)").replace(
        "known > bars.open", "known < bars.close"
    )
    path.write_text(loses)

    with pytest.raises(GenomeRefused, match="on the market that it was priced on"):
        backtest(used, str(path))


REAL = "line 8: it raised"
"""On the market asked for, of some 440 bars, and not on the probe market."""

RAISING = '''"""Raise."""

PARAMS = {"window": (20, 5, 60)}


def signal(bars, p):
    {body}
    return np.where(bars.close > ta.sma(bars.close, p["window"]), 1.0, 0.0)
'''


def failures(loaded: Loaded) -> list[Trial]:
    """The failed trials of the owner."""
    with open_store(loaded, daemon=False) as store:
        mine = [trial for trial in store.trials() if trial.origin is Origin.OWNER]
    return [trial for trial in mine if trial.evaluation is None]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("n = len(bars.close); x = bars.close[(n + 5) * int((n > 430) & (n < 445))]", REAL),
        ("x = bars.close[len(bars.close) + 5]", "line 7: it raised"),
    ],
)
def test_a_backtest_that_fails_is_a_failed_trial_of_the_owner_with_its_reason(
    used: Loaded, tmp_path: Path, body: str, words: str
) -> None:
    path = tmp_path / "raises.py"
    path.write_text(RAISING.replace("{body}", body.replace("; ", "\n    ")))

    for window in (20, 10, 20):
        with pytest.raises(GenomeRefused, match=words):
            backtest(used, str(path), params={"window": window}, capital=5_000.0)

    failed = failures(used)
    with open_store(used, daemon=False) as store:
        genome = store.genome(failed[0].genome)
        known = store.known(genome.hash)
    assert [dict(trial.params) for trial in failed] == [{"window": 20}, {"window": 10}]
    first = failed[0]
    assert (first.night, first.capital, first.settings_hash) == ("", 5_000.0, hash_of(used))
    assert words in first.failure
    assert (first.friction, bool(first.engine and first.market_hash)) == ("retail", True)
    assert (genome.stage, genome.name, known) == (Stage.BORN, "raises", False)


def test_the_same_failure_on_another_market_or_friction_is_another_trial(
    used: Loaded, tmp_path: Path
) -> None:
    path = tmp_path / "raises.py"
    path.write_text(RAISING.replace("{body}", "x = bars.close[len(bars.close) + 5]"))

    for changes in ({}, {"symbols": ("SIMA",)}, {"friction": "none"}):
        with pytest.raises(GenomeRefused):
            backtest(used, str(path), **changes)

    assert [t.friction for t in failures(used)] == ["retail", "retail", "none"]
    assert len({t.market_hash for t in failures(used)}) == 2


def test_what_the_gate_refuses_never_ran_and_is_no_trial(used: Loaded, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(RAISING.replace("{body}", "import os"))

    with pytest.raises(GenomeRefused):
        backtest(used, str(bad))

    assert failures(used) == []


def test_a_value_out_of_its_range_is_refused_before_anything_runs(
    rested: Loaded, genome: str
) -> None:
    with pytest.raises(GenomeRefused, match='"window" cannot be 999; expected a whole number'):
        backtest(rested, genome, params={"window": 999})


def test_another_capital_is_another_trial_and_its_settings_are_kept(
    used: Loaded, genome: str
) -> None:
    for capital in (100_000.0, 5_000.0):
        backtest(used, genome, capital=capital, params={"window": 33})

    with open_store(used, daemon=False) as store:
        mine = [t for t in store.trials() if t.params.get("window") == 33]
        settings = store.settings(hash_of(used))
    assert [trial.capital for trial in mine] == [100_000.0, 5_000.0]
    assert all(trial.engine for trial in mine)
    assert settings is not None
    assert "retail" in settings


def test_a_backtest_by_hand_ends_before_the_sealed_sessions_unless_it_names_a_later_end(
    used: Loaded, genome: str
) -> None:
    plain, _ = backtest(used, genome)
    with open_store(used, daemon=False) as store:
        assert store.proofs.seen_by_hand() == ()
    reaching, _ = backtest(used, genome, end=date(2099, 12, 31))

    with open_store(used, daemon=False) as store:
        tiers = [trial.tier for trial in store.trials("")]
        assert tiers == [Tier.SELECTION, Tier.SEALED]
        assert len(store.proofs.seen_by_hand()) == 1
    assert plain.market.axis.session_date[-1] < reaching.market.axis.session_date[-1]


def test_a_start_among_the_sealed_sessions_asks_for_an_end(used: Loaded, genome: str) -> None:
    plain, _ = backtest(used, genome)
    shown = calendar_date(int(plain.market.axis.session_date[-1]))

    for early in (shown + timedelta(days=4), shown + timedelta(days=20)):
        with pytest.raises(UsageError, match="lies among the sealed sessions, which begin after"):
            backtest(used, genome, start=early)
    with pytest.raises(MissingError, match="no 1d bars"):
        backtest(used, genome, start=date(2099, 1, 1))
