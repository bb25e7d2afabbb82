"""What the probe market shows: cheats are named, honest genomes are left alone."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from daemon.domain.market import packed
from daemon.domain.market.bars import FIELDS, Market
from daemon.errors import Reason
from daemon.sandbox import memory
from daemon.sandbox.child import part
from daemon.sandbox.memory import Shared
from daemon.sandbox.probe import Probing
from daemon.sandbox.task import Answer, Task
from daemon.sandbox.wire import Run
from tests.sandbox.cheats import BENIGN, CHEATS, Rule

GENOME = '''"""A place-holder for its header: a rule answers in its stead."""

TIMEFRAME = "1d"
WARMUP = 100


def signal(bars, p):
    return np.where(bars.close > bars.open, 1.0, 0.0)
'''

PROBING = Probing()


class InProcess:
    """Stands in for the pool: answers with a rule instead of the genome of the task."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    async def __call__(self, task: Task) -> tuple[Answer, ...]:
        markets = [
            packed.unpack(memory.readable(shared.descriptor))
            for shared in task.markets
            if isinstance(shared, Shared)
        ]
        return tuple(self._answer(part(markets[run.market], run), run) for run in task.runs)

    def _answer(self, market: Market, run) -> Answer:
        columns = []
        for symbol in range(market.shape[1]):
            bars = SimpleNamespace(**{name: getattr(market, name)[:, symbol] for name in FIELDS})
            try:
                with np.errstate(all="ignore"):
                    columns.append(np.asarray(self._rule(bars), dtype=np.float64))
            except ValueError:
                return Reason("raised", 3, "it raised ValueError")
        return np.column_stack(columns)[run.first : run.last]


async def reasons_of(rule: Rule, genome: str = GENOME) -> list[str]:
    found = await PROBING.probe(genome, InProcess(rule))
    assert (found.behaviour == "") == bool(found.reasons)
    assert found.lookahead == any(r.code.startswith("lookahead") for r in found.reasons)
    return [reason.code for reason in found.reasons]


async def test_every_cheat_is_flagged() -> None:
    codes = {name: await reasons_of(rule) for name, rule in CHEATS.items()}

    missed = [name for name, found in codes.items() if not any("lookahead" in c for c in found)]
    assert len(CHEATS) >= 30
    assert missed == []


async def test_no_honest_rule_is_flagged() -> None:
    codes = {name: await reasons_of(rule) for name, rule in BENIGN.items()}

    assert {name: c for name, c in codes.items() if any("lookahead" in x for x in c)} == {}


async def test_each_of_the_two_tests_finds_cheats_that_the_other_does_not() -> None:
    codes = {name: set(await reasons_of(rule)) for name, rule in CHEATS.items()}

    only = [found & {"lookahead_truncation", "lookahead_future"} for found in codes.values()]
    assert {"lookahead_truncation"} in only
    assert {"lookahead_future"} in only


async def test_a_rule_that_raises_on_a_short_series_only_is_no_cheat() -> None:
    assert await reasons_of(BENIGN["raises on a short series"], GENOME.replace("100", "500")) == []


async def test_a_rule_that_differs_when_run_again_is_refused() -> None:
    times = itertools.count()

    assert await reasons_of(lambda b: np.full(len(b.close), next(times) / 1e6)) != []
    assert "nondeterministic" in await reasons_of(
        lambda b: np.where(b.close > b.open, 1.0, 1e-12 * next(times))
    )


async def test_a_warm_up_shorter_than_the_memory_is_refused() -> None:
    def old_sum(b):
        return (np.cumsum(np.sign(b.close - b.open)) % 7) / 10

    assert await reasons_of(old_sum) == ["warmup_too_short"]


async def test_a_memory_within_the_warm_up_passes() -> None:
    assert await reasons_of(BENIGN["momentum"]) == []


async def test_positions_out_of_range_are_refused() -> None:
    assert await reasons_of(lambda b: np.full(len(b.close), 1.5)) == ["out_of_range"]


async def test_a_text_that_the_gate_refuses_is_refused_with_the_reasons_of_the_gate() -> None:
    found = await PROBING.probe("import os\n", InProcess(BENIGN["always"]))

    assert found.behaviour == ""
    assert found.reasons


async def test_equal_positions_are_equal_behaviour_whatever_the_words() -> None:
    one = await PROBING.probe(GENOME, InProcess(BENIGN["up bar"]))
    same = await PROBING.probe(GENOME, InProcess(lambda b: (b.close > b.open) * 0.99999))
    other = await PROBING.probe(GENOME, InProcess(BENIGN["always"]))

    assert one.behaviour == same.behaviour != other.behaviour


async def test_genomes_that_never_trade_behave_alike_and_are_not_refused() -> None:
    one = await PROBING.probe(GENOME, InProcess(BENIGN["never"]))
    other = await PROBING.probe(GENOME, InProcess(lambda b: -0.0 * b.close))

    assert one.behaviour == other.behaviour != ""


async def test_exits_are_part_of_the_behaviour() -> None:
    stopped = GENOME.replace("WARMUP = 100", 'WARMUP = 100\nEXITS = {"max_bars": 5}')

    plain = await PROBING.probe(GENOME, InProcess(BENIGN["up bar"]))
    other = await PROBING.probe(stopped, InProcess(BENIGN["up bar"]))

    assert plain.behaviour != other.behaviour != ""


async def test_a_night_asks_for_the_behaviour_only_in_one_run_of_the_market() -> None:
    asked: list[Run] = []

    class Noting(InProcess):
        async def __call__(self, task: Task) -> tuple[Answer, ...]:
            asked.extend(task.runs)
            return await super().__call__(task)

    found = await PROBING.probe(GENOME, Noting(BENIGN["up bar"]), thorough=False)
    whole = await PROBING.probe(GENOME, InProcess(BENIGN["up bar"]))

    assert found.behaviour == whole.behaviour != ""
    assert [(run.start, run.stop, run.columns) for run in asked] == [(0, 1500, 8)]


@pytest.mark.parametrize(("rule", "code"), [("raises", "raised"), ("1.5", "out_of_range")])
async def test_what_gives_no_positions_has_no_behaviour_to_tell(rule: str, code: str) -> None:
    def raising(b):
        raise ValueError

    rules: dict[str, Rule] = {"raises": raising, "1.5": lambda b: np.full(len(b.close), 1.5)}
    found = await PROBING.probe(GENOME, InProcess(rules[rule]), thorough=False)

    assert [reason.code for reason in found.reasons] == [code]
    assert found.behaviour == ""
