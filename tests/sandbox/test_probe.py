"""What the probe market shows: cheats are named, honest genomes are left alone."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np

from daemon.domain.engine import causality, futures
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


async def quickly(rule: Rule) -> tuple[str, ...]:
    found = await PROBING.probe(GENOME, InProcess(rule), thorough=False)
    return tuple(reason.code for reason in found.reasons)


async def test_a_quick_probe_finds_nearly_every_cheat_and_flags_no_honest_rule() -> None:
    missed = [name for name, rule in CHEATS.items() if not await quickly(rule)]
    honest = {name: await quickly(rule) for name, rule in BENIGN.items()}

    assert len(missed) <= 3
    assert set(honest.values()) <= {(), ("warmup_too_short",)}


async def test_a_quick_probe_names_the_same_behaviour_and_asks_an_eighth() -> None:
    rows: dict[bool, int] = {}

    class Counting(InProcess):
        async def __call__(self, task: Task) -> tuple[Answer, ...]:
            asked = sum((run.stop - run.start) * run.columns for run in task.runs)
            rows[thorough] = rows.get(thorough, 0) + asked
            return await super().__call__(task)

    found = {}
    for thorough in (True, False):
        run = Counting(BENIGN["up bar"])
        found[thorough] = await PROBING.probe(GENOME, run, thorough)

    assert found[True].behaviour == found[False].behaviour != ""
    assert rows[False] < rows[True] / 8


async def quick_runs(genome: str) -> list[Run]:
    runs: list[Run] = []

    class Noting(InProcess):
        async def __call__(self, task: Task) -> tuple[Answer, ...]:
            runs.extend(task.runs)
            return await super().__call__(task)

    await PROBING.probe(genome, Noting(BENIGN["up bar"]), thorough=False)
    return runs


async def test_a_quick_probe_asks_single_symbols_and_a_rotation_all_of_them() -> None:
    rotation = GENOME.replace("signal(bars, p)", "rotate(panel, p)").replace("bars.", "panel.")

    first, *rest = await quick_runs(GENOME)
    together = await quick_runs(rotation)

    assert (first.start, first.stop, first.columns) == (0, 1500, 8)
    assert {run.columns for run in rest} == {1}
    assert len({run.column % 8 for run in rest}) >= 5
    assert {run.columns for run in together} == {8}
    assert len(together) == len(rest)


async def test_the_early_futures_of_a_quick_probe_crash_and_surge_for_one_symbol() -> None:
    found = [run for run in await quick_runs(GENOME) if run.stop == 512]

    kinds = [(run.column + run.last) % 4 for run in found]
    assert [run.last for run in found] == list(causality.EARLY_CUTS[1:])
    assert len({run.column % 8 for run in found}) == 1
    assert kinds == [futures.CRASH, futures.SURGE]


async def test_most_drawn_futures_of_a_quick_probe_end_two_bars_after_their_cut() -> None:
    drawn = [run for run in (await quick_runs(GENOME))[1:] if run.start == 0 and run.last > 46]
    drawn = [run for run in drawn if run.column >= 8]

    assert len({run.last for run in drawn}) == 3
    assert sum(run.stop - run.last == 2 for run in drawn) == 2
    assert [run.stop for run in drawn if run.stop - run.last > 2] == [1500]


async def test_a_quick_probe_finds_what_differs_when_it_runs_again() -> None:
    times = itertools.count()

    assert "nondeterministic" in await quickly(
        lambda b: np.where(b.close > b.open, 1.0, 1e-12 * next(times))
    )
