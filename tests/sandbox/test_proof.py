"""The proof on the real market: look-ahead that the probe market does not show is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.engine.causality import Causality
from daemon.domain.genome import gate
from daemon.domain.market import packed
from daemon.domain.market.bars import Market, TimeAxis, sealed
from daemon.domain.market.probe import probe
from daemon.errors import Reason
from daemon.sandbox import parity, proof
from daemon.sandbox.cuts import CARES
from daemon.sandbox.memory import readable, shared_market
from daemon.sandbox.pool import Pool
from daemon.sandbox.questions import Question, Told
from daemon.sandbox.wire import Run
from tests.sandbox.genomes import CROSS, ROTATE, genome

pytestmark = pytest.mark.usefixtures("nothing_left")

PEEKING = {
    "every fourth bar": "(t % 4 == 0) & (n > 2000)",
    "one bar in forty": "(t % 40 == 0) & (n > 2000)",
    "the middle": "(t > 1800) & (t < 2200) & (n > 2000)",
    "late bars": "(t > 1600) & (n > 2000)",
    "every fourth bar at any length": "(t % 4 == 0) & (bars.volume == 1e6)",
    "one bar in ten at any length": "(t % 10 == 0) & (bars.volume == 1e6)",
}
"""When a genome reads the next close; never on the probe market."""

HONEST = {
    "cross": CROSS,
    "rotate": ROTATE,
    "warm-up of NaN": genome("return np.sign(bars.close - ta.sma(bars.close, 40))"),
    "recursive": genome("return np.where(bars.close > ta.ema(bars.close, 30), 1.0, -1.0)").replace(
        "WARMUP = 50", "WARMUP = 400"
    ),
    "always": genome("return np.ones(len(bars.close))"),
    "raises when short": genome("""if len(bars.close) < 2999:
        return np.ones(2)
    return np.where(bars.close > bars.open, 1.0, 0.0)""").replace("WARMUP = 50", "WARMUP = 4000"),
}


def peeking(when: str) -> str:
    return genome(f"""n = len(bars.close)
    t = np.arange(n)
    ahead = np.minimum(t + 1, n - 1)
    known = np.where({when}, bars.close[ahead], bars.close)
    return np.where(known > bars.open, 1.0, 0.0)""")


@pytest.fixture(scope="module")
def long_market() -> Market:
    """3,000 daily bars of two symbols, twice as many as the probe market has."""
    bars, symbols = 3000, 2
    generator = np.random.default_rng(5)
    close = np.asfortranarray(
        100.0 * np.exp(np.cumsum(generator.normal(0, 0.01, (bars, symbols)), axis=0))
    )
    opened = np.asfortranarray(close * (1.0 + generator.normal(0, 0.003, close.shape)))
    high, low = np.maximum(opened, close) * 1.002, np.minimum(opened, close) * 0.998
    day = np.arange(bars)
    axis = TimeAxis(day, day, day, day.astype(np.int32), day, day)
    stale = np.zeros(close.shape, dtype=bool, order="F")
    volume = np.full_like(close, 1e6)
    return sealed(Market(("A", "B"), "1d", axis, opened, high, low, close, volume, stale))


@pytest.mark.parametrize("when", PEEKING)
async def test_a_genome_that_peeks_on_this_market_only_passes_the_probe_and_is_found_here(
    long_market: Market, when: str
) -> None:
    source = peeking(PEEKING[when])

    async with Pool(1) as pool:
        probed = await pool.probe(source)
        positions = await pool.positions(source, long_market, {})
        found = await pool.prove(source, long_market, {}, positions)

    assert probed.reasons == ()
    codes = [reason.code for reason in found.reasons]
    assert "lookahead_truncation" in codes
    assert all(code.startswith("lookahead") for code in codes)
    for reason in found.reasons:
        assert reason.message.startswith("the position at bar ")


async def test_honest_genomes_are_left_alone(long_market: Market) -> None:
    found = {}

    async with Pool(1) as pool:
        for name, source in HONEST.items():
            params = {"fast": 10, "slow": 40} if source is CROSS else {}
            positions = await pool.positions(source, long_market, params)
            found[name] = await pool.prove(source, long_market, params, positions)

    assert found == dict.fromkeys(HONEST, Causality())


async def test_it_is_proved_with_the_parameters_that_it_ran_with(long_market: Market) -> None:
    async with Pool(1) as pool:
        positions = await pool.positions(CROSS, long_market, {"fast": 10, "slow": 40})
        others = await pool.prove(CROSS, long_market, {"fast": 5, "slow": 40}, positions)

    assert "lookahead_truncation" in [reason.code for reason in others.reasons]


async def test_a_market_too_short_to_be_cut_shows_nothing(long_market: Market) -> None:
    source = genome("return np.where(bars.close > bars.open, 1.0, 0.0)")
    two = replace(long_market, axis=long_market.axis.part(0, 2), hash="")
    two = sealed(
        replace(
            two,
            **{
                name: np.asfortranarray(getattr(long_market, name)[:2])
                for name in ("open", "high", "low", "close", "volume", "stale")
            },
        )
    )

    async with Pool(1) as pool:
        positions = await pool.positions(source, two, {})
        assert await pool.prove(source, two, {}, positions) == Causality()


def case_of(market: Market, seed: int, source: str = CROSS) -> proof.Case:
    gated = gate.check(source)
    positions = np.where(market.close > market.open, 1.0, 0.0)
    params, care = gated.manifest.defaults(), CARES["graduation"]
    return proof.Case(gated, params, shared_market(market), positions, seed, care)


def test_in_a_night_a_few_symbols_are_run_once_more_and_changed() -> None:
    width = {}
    for occasion, care in CARES.items():
        plan = proof.planned(replace(case_of(probe("1d"), 1), care=care))
        kinds = ("whole", "strange", "nudged")
        width[occasion] = [q.run.columns for g in plan.groups for q in g if q.kind in kinds]

    assert width == {"niche": [2] * 3, "screening": [3] * 3, "graduation": [8] * 3}


def test_a_warm_up_of_nan_is_no_position_and_a_later_one_is_a_difference() -> None:
    truth = np.array([[0.0], [1.0], [0.0], [1.0]])
    question = Question("truncation", Run(0, 0, 4, 0, 1, 0, 0, 4), 4, shortened=True)

    def reasons(*answer: float) -> list[Reason]:
        taken = proof._taken_in(question, np.array([answer]).T, "signal")
        return Told((question,), (taken,), truth).reasons()

    assert reasons(np.nan, 1.0, 0.0, 1.0) == []
    assert [r.code for r in reasons(0.0, 1.0, np.nan, 1.0)] == ["lookahead_truncation"]


def test_what_is_asked_hangs_on_the_seed_alone(long_market: Market) -> None:
    first, again, other = (proof.planned(case_of(long_market, seed)) for seed in (1, 1, 2))

    assert first.groups == again.groups != other.groups
    contents = [[packed.unpack(readable(m.descriptor)) for m in p.markets] for p in (first, again)]
    for one, two in zip(*contents, strict=True):
        np.testing.assert_array_equal(one.close, two.close)


def test_on_a_large_market_every_copy_is_a_window(
    long_market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_CELLS", 1600)

    plan = proof.planned(case_of(long_market, 3))

    assert [shared.size < 1600 * 8 * 8 for shared in plan.markets] == [True] * len(plan.markets)
    compared = [group for group in plan.groups if group[-1].kind == "future"]
    assert {len(group) for group in compared} == {1, 2}
    for plain, changed in (group for group in compared if len(group) == 2):
        assert (plain.kind, changed.back) == ("plain", 1)
        assert plain.run.start == changed.bar == plain.bar > 0
        assert plain.run.stop - plain.run.start == changed.run.stop


def test_of_many_symbols_a_few_are_looked_at_and_of_a_rotation_all(market: Market) -> None:
    moving = np.zeros(market.shape)
    moving[700:, 6] = 1.0

    alone = proof.planned(replace(case_of(market, 1), positions=moving))
    together = proof.planned(replace(case_of(market, 1, ROTATE), positions=moving))

    at_the_change = [q for (q, *_) in alone.groups if q.kind == "truncation" and q.cut == 701]
    assert [(q.column, q.run.columns) for q in at_the_change] == [(5, 3), (6, 1)]
    ahead = ("truncation", "future")
    columns = [
        {q.run.columns for g in p.groups for q in g if q.kind in ahead} for p in (alone, together)
    ]
    assert columns == [{1, 3}, {8}]


def test_answers_that_need_much_memory_are_spread_over_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = [Question("truncation", Run(0, 0, cut, 0, 2, 0, 0, cut)) for cut in (500, 1000, 1500)]
    groups = [(asked[0],), (asked[1], asked[2]), (asked[0],)]
    assert len(list(proof.batches(groups))) == 1
    monkeypatch.setattr(proof, "_MOST_BYTES", 1600 * 2 * 8)

    batches = list(proof.batches(groups))

    assert batches == [(asked[0],), (asked[1], asked[2]), (asked[0],)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reason("raised", 3, "it raised IndexError"), None),
        (Reason("contract", 0, "expected one number for each bar"), None),
        (Reason("timeout", 0, "it did not finish"), "timeout"),
        (np.ones((10, 2)), None),
        (np.ones((10, 2)) + 1e-10, None),
        (np.ones((10, 2)) + 1e-6, "lookahead_truncation"),
    ],
)
def test_an_exception_on_a_shortened_market_proves_nothing(answer: object, code: str) -> None:
    question = Question("truncation", Run(0, 0, 10, 0, 2, 0, 0, 10), 10, shortened=True)

    reasons = Told([question], [answer], np.ones((30, 2))).reasons()  # type: ignore[list-item]

    assert [reason.code for reason in reasons] == ([code] if code else [])


def test_an_exception_on_as_many_bars_as_before_is_a_reason() -> None:
    question = Question("future", Run(1, 0, 30, 0, 2, 0, 0, 10), 10)

    reasons = Told([question], [Reason("raised", 3, "it raised")], np.ones((30, 2))).reasons()

    assert [reason.code for reason in reasons] == ["raised"]


def test_a_difference_is_named_by_its_bar_in_the_whole_market_and_its_cut() -> None:
    truth, other = np.ones((10, 2)), np.ones((10, 2))
    other[6, 1] = 0.5
    run = Run(0, 200, 220, 0, 2, 0, 0, 10)
    plain = Question("plain", run, bar=200, shortened=True)
    future = Question("future", run._replace(market=1), 210, 200, back=1, shortened=True)

    (reason,) = Told([plain, future], [truth, other], np.zeros((300, 2))).reasons()

    assert reason.message == "the position at bar 206 changes when the bars from 210 on are others"
    assert Told([plain, future], [Reason("raised", 0, ""), other], truth).reasons() == []


MANY = "+".join(f"(bars.close > {level})" for level in (101.5, 107.25, 113.5, 119.75, 126.5))
MORE = "+".join(f"(bars.close > {level})" for level in (131.5, 137.25, 143.5, 149.75))


@pytest.mark.parametrize(
    ("body", "codes", "flags"),
    [
        ("return np.where(bars.close > 101.5, 1.0, 0.0)", [], ("price_levels",)),
        ("return np.where(bars.volume > 2e6, 1.0, 0.0)", [], ("price_levels",)),
        (f"return ({MANY} + {MORE}) / 9.0", ["memorised_levels"], ()),
        (
            "return np.where((bars.session > 300) & (bars.session < 800), 1.0, 0.0)",
            ["memorised_dates"],
            (),
        ),
        ("return np.where(bars.session % 5 == 4, 1.0, 0.0)", [], ()),
        ("return np.where(bars.close > ta.sma(bars.close, 20), 1.0, 0.0)", [], ()),
    ],
)
async def test_levels_are_noted_and_memorised_ones_and_dates_refused(
    long_market: Market, body: str, codes: list[str], flags: tuple[str, ...]
) -> None:
    async with Pool(1) as pool:
        source = genome(body)
        positions = await pool.positions(source, long_market, {})
        found = await pool.prove(source, long_market, {}, positions)

    assert [reason.code for reason in found.reasons] == codes
    assert codes or found.flags == flags


async def test_positions_that_hang_on_what_lies_before_the_warm_up_are_refused(
    long_market: Market,
) -> None:
    source = genome("return (np.arange(len(bars.close)) % 7) / 7.0")

    async with Pool(1) as pool:
        positions = await pool.positions(source, long_market, {})
        found = await pool.prove(source, long_market, {}, positions)

    assert [reason.code for reason in found.reasons] == ["warmup_too_short"]


def counting(warmup: int, before: str = "") -> str:
    blocks = tuple(range(61, 2941, 120))
    return genome(f"""{before}pos = np.zeros(len(bars.close))
    for first in {blocks}:
        pos[first:first + 17] = 1.0
    return pos""").replace("WARMUP = 50", f"WARMUP = {warmup}")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (counting(5000), "warmup_unproved"),
        (counting(1501), "warmup_unproved"),
        (counting(1500), "warmup_too_short"),
        (counting(400), "warmup_too_short"),
        (counting(400, "late = bars.close[2000]\n    "), "warmup_too_short"),
    ],
)
async def test_a_genome_that_counts_bars_from_the_first_is_refused(
    long_market: Market, source: str, code: str
) -> None:
    async with Pool(1) as pool:
        positions = await pool.positions(source, long_market, {})
        found = await pool.prove(source, long_market, {}, positions)

    assert [reason.code for reason in found.reasons] == [code]


async def test_days_known_by_their_exact_returns_are_refused(long_market: Market) -> None:
    moves = long_market.close[1:, 0] / long_market.close[:-1, 0] - 1.0
    known = [round(float(move), 6) for move in moves[100:2900:140]]
    hits = " | ".join(f"(np.abs(moves - {move}) < 0.000002)" for move in known)
    body = f"""moves = ta.returns(bars.close, 1)
    day = {hits}
    return ta.latch(day, moves > 9.0, 12)"""
    source = genome(body.replace(" | ", "\n    day = day | "))

    async with Pool(1) as pool:
        positions = await pool.positions(source, long_market, {})
        found = await pool.prove(source, long_market, {}, positions)

    assert [reason.code for reason in found.reasons] == ["memorised_moves"]


async def test_a_rule_that_weighs_by_calm_keeps_its_weights_where_a_symbol_stands_still(
    long_market: Market,
) -> None:
    still = long_market.close.copy(order="F")
    still[500:, 0] = still[500, 0]
    halted = sealed(replace(long_market, open=still, high=still, low=still, close=still, hash=""))
    source = ROTATE.replace(
        """    risen = np.where(panel.close > panel.open, 1.0, 0.0)
    return risen / 8.0""",
        """    calm = ta.volatility(panel.close, 20)
    return ta.normalise_gross(np.where(calm > 0.0, 1.0 / np.maximum(calm, 1e-9), 0.0))""",
    )

    async with Pool(1) as pool:
        positions = await pool.positions(source, halted, {})
        found = await pool.prove(source, halted, {}, positions)

    assert found == Causality()


def test_a_stated_warm_up_is_asked_about_at_the_changes_beyond_it(long_market: Market) -> None:
    gated = gate.check(counting(400))
    turns = np.repeat(np.arange(300) % 2.0, 10)[:, None] * np.ones((1, 2))

    asked = parity.asked(gated, turns, np.random.default_rng(1))

    assert len(asked) == 12
    for question in asked:
        assert question.bar + 1 >= 400
        assert turns[question.bar, 0] != turns[question.bar + 1, 0]
        assert question.run.stop == question.bar + 2
        assert question.run.stop - question.run.start == 401
