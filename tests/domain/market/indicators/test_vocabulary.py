"""What every indicator promises, checked over the whole registry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.indicators.registry import Entry, WrongArgument
from daemon.domain.market.indicators.vocabulary import INDICATORS, listing, vocabulary
from tests.domain.market.indicators.series import (
    BARS_A_SESSION,
    arrays,
    fields,
    numbers,
    results,
)

REPOSITORY = Path(__file__).resolve().parents[4]
ALONG_TIME = [entry for entry in vocabulary() if entry.mode != "panel"]
TWO_DIMENSIONS = [entry for entry in vocabulary() if entry.mode != "column"]
IN_PANELS = [entry for entry in ALONG_TIME if entry.mode != "column"]
AT_ONCE = [entry for entry in ALONG_TIME if not entry.name.startswith("opening_range")]
EVERY = pytest.mark.parametrize("entry", vocabulary(), ids=lambda entry: entry.name)
AT_ALL_TIMES = pytest.mark.parametrize("entry", AT_ONCE, ids=lambda entry: entry.name)
EACH = pytest.mark.parametrize("entry", ALONG_TIME, ids=lambda entry: entry.name)


def memory_of(entry: Entry, given: dict[str, float]) -> int:
    windows = {name: value for name, value in given.items() if name in entry.windows}
    return entry.memory(**windows) + entry.sessions * BARS_A_SESSION


def panel(bars: int, seed: int) -> dict[str, np.ndarray]:
    columns = [fields(bars, seed + k) for k in range(3)]
    clock = ("session", "minute")
    return {
        name: columns[0][name] if name in clock else np.stack([c[name] for c in columns], axis=1)
        for name in columns[0]
    }


@EVERY
def test_an_indicator_says_what_it_is_in_one_sentence(entry: Entry) -> None:
    assert entry.sentence.endswith(".")
    assert len(entry.sentence) < 160


def test_there_are_more_than_fifty_and_the_names_that_everybody_expects() -> None:
    expected = """sma ema wma rsi roc stdev highest lowest zscore atr macd bbands vwap
        crossed_above crossed_below stoch stoch_d obv mfi cci willr adx lag rank top_n"""

    assert len(INDICATORS) >= 50
    assert set(expected.split()) <= set(INDICATORS)


def test_the_page_of_the_vocabulary_is_up_to_date() -> None:
    page = REPOSITORY / "docs" / "vocabulary.md"

    assert page.read_text() == listing(), "write `listing()` of the vocabulary to the page"


@EACH
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), window=st.integers(2, 30), cut=st.integers(1, 299))
def test_an_indicator_never_sees_the_future(entry: Entry, seed: int, window: int, cut: int) -> None:
    past, other = fields(300, seed), fields(300, seed + 1)
    numbers_given = numbers(entry, window)
    replaced = {name: np.concatenate((past[name][:cut], other[name][cut:])) for name in past}
    replaced["session"], replaced["minute"] = past["session"], past["minute"]
    shortened = {name: values[:cut] for name, values in past.items()}

    whole = results(entry.call(*arrays(entry, past), **numbers_given))

    for changed in (replaced, shortened):
        answer = results(entry.call(*arrays(entry, changed), **numbers_given))
        for expected, found in zip(whole, answer, strict=True):
            np.testing.assert_array_equal(found[:cut], expected[:cut])


@EACH
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), window=st.integers(2, 24), end=st.integers(0, 200))
def test_the_last_value_depends_on_no_more_bars_than_the_memory(
    entry: Entry, seed: int, window: int, end: int
) -> None:
    given_numbers = numbers(entry, window)
    memory = memory_of(entry, given_numbers)
    columns = fields(memory + 300, seed)
    stop = memory + 100 + end
    past = {name: values[:stop] for name, values in columns.items()}
    window_only = {name: values[-memory - 1 :] for name, values in past.items()}

    whole = results(entry.call(*arrays(entry, past), **given_numbers))
    short = results(entry.call(*arrays(entry, window_only), **given_numbers))

    for expected, found in zip(whole, short, strict=True):
        scale = max(1.0, float(np.nanmax(np.abs(expected), initial=0.0)))
        assert found[-1] == pytest.approx(expected[-1], abs=1e-9 * scale, rel=0, nan_ok=True)


@AT_ALL_TIMES
def test_an_indicator_is_defined_at_the_end_of_its_memory(entry: Entry) -> None:
    given_numbers = numbers(entry, 10)
    columns = fields(memory_of(entry, given_numbers) + 1, 3)

    answer = results(entry.call(*arrays(entry, columns), **given_numbers))

    assert all(np.isfinite(part[-1]).all() for part in answer)


@pytest.mark.parametrize("entry", IN_PANELS, ids=lambda entry: entry.name)
def test_two_dimensions_are_columns_one_by_one(entry: Entry) -> None:
    columns, given_numbers = panel(400, 11), numbers(entry, 9)

    together = results(entry.call(*arrays(entry, columns), **given_numbers))

    for symbol in range(3):
        alone = {n: v if v.ndim == 1 else v[:, symbol] for n, v in columns.items()}
        one = results(entry.call(*arrays(entry, alone), **given_numbers))
        for whole, part in zip(together, one, strict=True):
            column = whole if whole.ndim == 1 else whole[:, symbol]
            np.testing.assert_array_equal(column, part)


@pytest.mark.parametrize("entry", TWO_DIMENSIONS, ids=lambda entry: entry.name)
def test_an_indicator_leaves_its_input_alone_and_takes_read_only_arrays(entry: Entry) -> None:
    columns = panel(200, 5)
    before = {name: values.copy() for name, values in columns.items()}
    for values in columns.values():
        values.flags.writeable = False

    entry.call(*arrays(entry, columns), **numbers(entry, 8))

    for name, values in before.items():
        np.testing.assert_array_equal(columns[name], values)


@EACH
@pytest.mark.parametrize("bars", [0, 1, 2, 5])
def test_an_indicator_answers_a_short_series_in_full_length(entry: Entry, bars: int) -> None:
    answer = results(entry.call(*arrays(entry, fields(300, 1)), **numbers(entry, 20)))
    columns = {name: values[:bars] for name, values in fields(300, 1).items()}

    short = results(entry.call(*arrays(entry, columns), **numbers(entry, 20)))

    for whole, part in zip(answer, short, strict=True):
        np.testing.assert_array_equal(part, whole[:bars])


@pytest.mark.parametrize(
    "entry", [e for e in ALONG_TIME if e.mode == "runs"], ids=lambda entry: entry.name
)
def test_an_undefined_value_costs_a_warm_up_and_no_more(entry: Entry) -> None:
    given_numbers = numbers(entry, 7)
    columns = fields(900, 21)
    broken = {n: v.copy() if v.dtype == np.float64 else v for n, v in columns.items()}
    for values in broken.values():
        if values.dtype == np.float64:
            values[:5] = np.nan
            values[400] = np.nan
    after = {name: values[401:] for name, values in columns.items()}

    answer = results(entry.call(*arrays(entry, broken), **given_numbers))
    fresh = results(entry.call(*arrays(entry, after), **given_numbers))

    for found, expected in zip(answer, fresh, strict=True):
        np.testing.assert_array_equal(found[401:], expected)
        assert np.isnan(found[400])


@pytest.mark.parametrize(
    "entry",
    [e for e in ALONG_TIME if any(a.role == "series" for a in e.arguments)],
    ids=lambda entry: entry.name,
)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), window=st.integers(2, 30), listing_bar=st.integers(1, 395))
def test_before_its_listing_a_symbol_is_not_there(
    entry: Entry, seed: int, window: int, listing_bar: int
) -> None:
    given_numbers = numbers(entry, window)
    columns = fields(400, seed)
    after = {name: values[listing_bar:] for name, values in columns.items()}
    unlisted = np.arange(400) < listing_bar
    late = {
        name: np.where(unlisted, np.nan, values) if name not in ("session", "minute") else values
        for name, values in columns.items()
    }

    answer = results(entry.call(*arrays(entry, late), **given_numbers))
    alone = results(entry.call(*arrays(entry, after), **given_numbers))

    for found, expected in zip(answer, alone, strict=True):
        np.testing.assert_allclose(found[listing_bar:], expected, rtol=1e-12, atol=1e-12)
        if entry.kind not in ("condition", "position", "count"):
            assert np.isnan(found[:listing_bar]).all()


@pytest.mark.parametrize(
    "entry", [e for e in vocabulary() if e.mode == "panel"], ids=lambda entry: entry.name
)
@pytest.mark.parametrize("listed", [(0, 1, 2, 4), (3,), (1, 3), ()])
def test_a_comparison_of_symbols_leaves_out_those_that_are_not_there(
    entry: Entry, listed: tuple[int, ...]
) -> None:
    x = np.random.default_rng(4).normal(0, 1, (60, 5))
    there = np.isin(np.arange(5), listed)
    given_numbers = {a.name: 2 for a in entry.arguments if a.role == "window"}

    found = entry.call(np.where(there, x, np.nan), **given_numbers)

    if listed:
        alone = entry.call(np.ascontiguousarray(x[:, there]), **given_numbers)
        np.testing.assert_allclose(found[:, there], alone, rtol=1e-12, atol=1e-15)
    absent = found[:, ~there]
    if entry.kind in ("condition", "position"):
        assert not absent.any()
    else:
        assert np.isnan(absent).all()


@AT_ALL_TIMES
def test_prices_and_volumes_that_stand_still_give_finite_values(entry: Entry) -> None:
    columns = fields(700, 2)
    for name in ("open", "high", "low", "close", "x", "y"):
        columns[name] = np.concatenate((columns[name][:100], np.full(600, 42.0)))
    columns["volume"] = np.concatenate((columns["volume"][:100], np.zeros(600)))

    answer = results(entry.call(*arrays(entry, columns), **numbers(entry, 5)))

    assert all(np.isfinite(part[-1]).all() for part in answer)


@EVERY
def test_families_hold_one_kind(entry: Entry) -> None:
    same = [e for e in vocabulary() if e.family == entry.family]

    assert {e.kind for e in same} == {entry.kind}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda ta, x: ta["sma"](x), "needs its argument n"),
        (lambda ta, x: ta["sma"](x, 5, 6), "takes 2 arguments"),
        (lambda ta, x: ta["sma"](x, 0), "whole number from 2"),
        (lambda ta, x: ta["sma"](x, 5.0), "whole number"),
        (lambda ta, x: ta["sma"](x, True), "whole number"),
        (lambda ta, x: ta["lag"](x, -1), "whole number from 1"),
        (lambda ta, x: ta["sma"](x, m=5), "needs its argument n"),
        (lambda ta, x: ta["sma"](x, 5, m=5), "no argument m"),
        (lambda ta, x: ta["sma"](x[None, None], 5), "one or two dimensions"),
        (lambda ta, x: ta["sma"](3.0, 5), "one or two dimensions"),
        (lambda ta, x: ta["sma"](np.array(["a"]), 5), "takes numbers"),
        (lambda ta, x: ta["atr"](x, x[:-1], x, 5), "needs low of shape"),
        (lambda ta, x: ta["bbands_upper"](x, 5, np.nan), "finite number"),
        (lambda ta, x: ta["rank"](x), "needs a panel"),
        (lambda ta, x: ta["windows"](x[:, None], 5), "takes one series"),
        (lambda ta, x: ta["rolling_quantile"](x, 5, 1.5), "share from 0 to 1"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str) -> None:
    calls = {name: entry.call for name, entry in INDICATORS.items()}

    with pytest.raises(WrongArgument, match=words):
        call(calls, np.arange(50.0))
