"""What is asked about is proved, and parameters are bound by name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from daemon.domain.engine.positions import changes_of
from daemon.domain.engine.simulation import Trades
from daemon.domain.evolution.evaluation import Evaluation, EvaluationRules
from daemon.domain.genome import gate
from daemon.domain.market.probe import probe
from daemon.domain.stats.purged import free_of
from daemon.domain.trading.friction import NONE
from daemon.errors import GenomeRefused, Reason
from daemon.plugin.host import Causality, Occasion
from daemon.plugin.roles import EvaluationTask
from daemon.settings import EvaluationTable
from daemon.supervisor.evaluations import Backtest, Evaluations, LocalExecutor, bind
from tests.fakes import FakeMarkets, FakeSandbox

GENOME = '''"""Hold above the average."""

PARAMS = {"window": (20, 5, 60), "share": 0.5}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["window"]), p["share"], 0.0)
'''


def test_parameters_are_the_defaults_with_the_given_ones_over_them() -> None:
    assert bind(gate.check(GENOME), {"window": 10}) == {"window": 10, "share": 0.5}


def test_a_parameter_that_is_not_there_is_refused_with_a_suggestion() -> None:
    with pytest.raises(GenomeRefused, match='no parameter "windw"; did you mean "window"') as why:
        bind(gate.check(GENOME), {"windw": 10})

    assert [reason.code for reason in why.value.reasons] == ["unknown_parameter"]
    assert "line 0" not in str(why.value)


def test_without_a_neighbour_the_parameters_are_listed() -> None:
    with pytest.raises(GenomeRefused, match="it has: window, share"):
        bind(gate.check(GENOME), {"zzz": 10})


LIMITED = '''"""Declared in every way."""

PARAMS = {"n": (20, 5, 60), "width": (2.0, 1.0, 3.5), "step": (2, [1, 2, 4]), "bare": 3, "x": 0.5}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["n"]), 1.0, 0.0)
'''


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("n", 999, 'the parameter "n" cannot be 999; expected a whole number from 5 to 60'),
        ("n", 4, "cannot be 4; expected a whole number from 5 to 60"),
        ("n", 20.5, "cannot be 20.5; expected a whole number from 5 to 60"),
        ("n", float("nan"), "cannot be nan"),
        ("width", 3.6, 'the parameter "width" cannot be 3.6; expected a number from 1 to 3.5'),
        ("step", 3, 'the parameter "step" cannot be 3; expected one of 1, 2, 4'),
        ("bare", 2.5, 'the parameter "bare" cannot be 2.5; expected a whole number'),
        ("x", float("inf"), "cannot be inf; expected a number"),
    ],
)
def test_a_value_that_the_genome_does_not_allow_is_refused_with_what_it_allows(
    name: str, value: float, words: str
) -> None:
    with pytest.raises(GenomeRefused) as why:
        bind(gate.check(LIMITED), {name: value})

    assert [reason.code for reason in why.value.reasons] == ["parameter_out_of_range"]
    assert words in str(why.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", 5), ("n", 60), ("width", 1), ("width", 3.25), ("step", 4), ("bare", 10**6), ("x", -7.5)],
)
def test_a_value_within_its_range_or_without_one_is_taken(name: str, value: float) -> None:
    assert bind(gate.check(LIMITED), {name: value})[name] == value


def test_a_whole_number_written_as_a_fraction_becomes_one() -> None:
    bound = bind(gate.check(LIMITED), {"n": 30.0, "step": 4.0, "bare": 7.0})

    assert [type(bound[name]) for name in ("n", "step", "bare")] == [int, int, int]


class Proving(FakeSandbox):
    """Answers fixed positions and remembers the seeds of the proofs it was asked for.

    later: what it answers from the second time on.
    """

    def __init__(self, positions: np.ndarray, shown: Causality, later: Any = None) -> None:
        super().__init__()
        self.answers = [positions, positions if later is None else later]
        self.shown = shown
        self.proved: list[int] = []
        self.runs = 0

    async def positions(self, source, market, params):
        self.runs += 1
        return changes_of(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    async def prove(self, source, market, params, positions, seed=0, occasion="graduation"):
        self.proved.append(seed)
        self.occasion = occasion
        return self.shown


PEEKS = Reason("lookahead_truncation", 0, "it peeks")
BARS = probe("1d")
KNOWING = np.where(np.vstack([BARS.close[1:], BARS.close[-1:]]) > BARS.close, 1.0, 0.0)


def evaluations_of(sandbox: Proving) -> Evaluations:
    rules, table = EvaluationRules(), EvaluationTable(friction="none")
    return Evaluations(sandbox, {"none": NONE}, rules, table)


def local(sandbox: Proving) -> LocalExecutor:
    return LocalExecutor(evaluations_of(sandbox), FakeMarkets({("1d", ""): BARS}), 1)


TASK = EvaluationTask(GENOME, {}, "1d", "", "")


def test_what_is_asked_for_with_a_proof_is_proved_before_its_evaluation_is_told() -> None:
    sandbox = Proving(KNOWING, Causality((), ("price_levels",)))

    found = asyncio.run(local(sandbox).evaluate(replace(TASK, proof="screening", seed=5)))

    assert sandbox.proved == [5]
    assert "price_levels" in found.flags


def test_what_peeks_is_refused_by_its_proof() -> None:
    sandbox = Proving(KNOWING, Causality((PEEKS,)))

    with pytest.raises(GenomeRefused, match="on the market that it was priced on: it peeks"):
        asyncio.run(local(sandbox).evaluate(replace(TASK, proof="screening")))


def test_what_was_just_evaluated_is_proved_without_another_run() -> None:
    sandbox = Proving(KNOWING, Causality())
    place = local(sandbox)

    async def twice() -> tuple[Evaluation, Evaluation]:
        return await place.evaluate(TASK), await place.evaluate(replace(TASK, proof="screening"))

    first, again = asyncio.run(twice())

    assert sandbox.runs == 1
    assert first.trade_hash == again.trade_hash
    assert sandbox.proved == [0]


@pytest.mark.parametrize("occasion", get_args(Occasion))
def test_a_proof_is_at_the_stake_of_the_task(occasion: Occasion) -> None:
    sandbox = Proving(KNOWING, Causality())

    asyncio.run(local(sandbox).evaluate(replace(TASK, proof=occasion)))

    assert sandbox.occasion == occasion


def test_whoever_asks_for_a_proof_by_hand_has_all_of_it() -> None:
    sandbox = Proving(1.0 - KNOWING, Causality())
    evaluations = evaluations_of(sandbox)

    asyncio.run(evaluations.backtest(GENOME, BARS, {}, evaluations.terms(""), always_prove=True))

    assert sandbox.occasion == "graduation"


def test_only_the_last_few_are_kept_for_their_proof() -> None:
    sandbox = Proving(KNOWING, Causality())
    place = local(sandbox)
    tasks = [replace(TASK, params={"window": window}) for window in range(10, 16)]

    async def many() -> None:
        for task in (*tasks, replace(tasks[0], proof="niche"), replace(tasks[5], proof="niche")):
            await place.evaluate(task)

    asyncio.run(many())

    assert sandbox.runs == 7


def test_what_answers_otherwise_when_it_runs_again_is_refused() -> None:
    sandbox = Proving(KNOWING, Causality(), later=KNOWING * 0.5)
    evaluations = evaluations_of(sandbox)

    async def again() -> None:
        found = await evaluations.backtest(GENOME, BARS, {}, evaluations.terms(""))
        await evaluations.proved(found)

    with pytest.raises(GenomeRefused, match="gave other positions when it ran again"):
        asyncio.run(again())


def test_without_the_question_nothing_is_proved() -> None:
    sandbox = Proving(KNOWING, Causality((PEEKS,)))

    found = asyncio.run(local(sandbox).evaluate(TASK))

    assert found.flags == ("suspected_leak",)
    assert sandbox.proved == []


BORDER = 300
ALWAYS = np.full(BARS.shape, 0.25)


def begun(positions: np.ndarray) -> tuple[Backtest, Backtest]:
    """A backtest of these positions, and the same on an account that begins at the border."""
    evaluations = evaluations_of(Proving(positions, Causality((), ("price_levels",))))
    terms = evaluations.terms("")

    async def both() -> tuple[Backtest, Backtest]:
        found, answered = await evaluations.answered(GENOME, BARS, {}, terms)
        proved = await evaluations.proved(found, answered)
        return proved, evaluations.begun_at(BORDER, proved, answered, terms)

    return asyncio.run(both())


@pytest.mark.parametrize("positions", [ALWAYS, KNOWING], ids=["always", "knowing"])
def test_no_position_that_was_opened_before_a_border_earns_after_it(positions: np.ndarray) -> None:
    whole, later = begun(positions)

    trades = later.simulation.trades
    assert len(later.market.axis) == len(BARS.axis) - BORDER
    assert trades.entry_bar.min() >= 1
    assert later.simulation.equity[0] == later.simulation.capital
    assert later.evaluation.session_returns[0] == 0.0
    assert later.evaluation.first_date == BARS.axis.session_date[BORDER]
    assert len(later.evaluation.market_returns) == len(later.evaluation.session_returns)
    assert whole.evaluation.first_date < later.evaluation.first_date


def held_until(*accounts: tuple[Trades, int, int]) -> np.ndarray:
    """The last bar that what begins on each bar of the market rests on.

    accounts: the trades of each, the bar of the market it begins with and the one after its last.
    """
    ends = np.arange(len(BARS.axis))
    for trades, first, stop in accounts:
        closed = np.where(trades.exit_bar < 0, stop - 1, trades.exit_bar + first)
        np.maximum.at(ends, trades.entry_bar + first, closed)
    return ends


@pytest.mark.parametrize("positions", [ALWAYS, KNOWING], ids=["always", "knowing"])
def test_the_purge_finds_nothing_to_leave_out_where_an_account_begins_at_the_border(
    positions: np.ndarray,
) -> None:
    whole, later = begun(positions)
    evaluations, bars = evaluations_of(Proving(positions, Causality())), len(BARS.axis)
    before = evaluations.price(
        whole.gated,
        {},
        BARS.part(0, BORDER),
        changes_of(positions[:BORDER]),
        evaluations.terms(""),
    )
    sealed = np.arange(bars) >= BORDER

    one = held_until((whole.simulation.trades, 0, bars))
    two = held_until((before.simulation.trades, 0, BORDER), (later.simulation.trades, BORDER, bars))

    assert not free_of(sealed, one, 0)[:BORDER].all()
    assert free_of(sealed, two, 0)[:BORDER].all()


def test_a_later_begin_changes_no_target_and_keeps_what_the_proof_noted() -> None:
    whole, later = begun(KNOWING)

    assert later.evaluation.positions_hash == changes_of(KNOWING[BORDER:]).hash
    assert "price_levels" in later.evaluation.flags
    assert later.evaluation.trade_hash != whole.evaluation.trade_hash
