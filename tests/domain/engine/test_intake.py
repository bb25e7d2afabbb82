"""The check of positions against a slow reference, and each refusal by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from daemon.domain.engine.intake import BLOCK, checked
from daemon.domain.engine.positions import changes_of
from daemon.errors import GenomeRefused

NAN, INF = float("nan"), float("inf")
VALUES = st.sampled_from([0.0, -0.0, 0.4, -0.5, 1.0, -1.0, 1.0 + 5e-10, 1.1, -3.0, NAN, INF, -INF])


def slowly(raw: np.ndarray, kind: str) -> tuple[str, list[list[float]]]:
    """(code or "", positions by column), one value after the other."""
    columns = []
    for column in raw.T.tolist():
        warm = True
        kept = []
        for value in column:
            warm = warm and math.isnan(value)
            kept.append(0.0 if warm else value)
        columns.append(kept)
    codes = set()
    for column in columns:
        for value in column:
            if not math.isfinite(value):
                codes.add("not_finite")
            elif abs(value) > 1 + 1e-9:
                codes.add("out_of_range")
    rows = zip(*columns, strict=True)
    if not codes and kind == "rotate" and any(sum(map(abs, row)) > 1 + 1e-9 for row in rows):
        codes.add("gross_above_one")
    return "|".join(sorted(codes)), columns


@settings(max_examples=300, deadline=None)
@given(
    raw=hnp.arrays(np.float64, st.tuples(st.integers(0, 9), st.integers(1, 4)), elements=VALUES),
    kind=st.sampled_from(["signal", "rotate"]),
)
def test_the_kernel_agrees_with_a_slow_reference(raw: np.ndarray, kind: str) -> None:
    code, columns = slowly(raw, kind)

    if code:
        with pytest.raises(GenomeRefused) as refused:
            checked(raw, kind)
        assert refused.value.reasons[0].code in code.split("|")
    else:
        expected = np.array(columns).reshape(raw.T.shape).T
        np.testing.assert_array_equal(checked(raw, kind).dense(), expected)


def test_the_warm_up_of_each_column_becomes_flat() -> None:
    raw = np.array([[NAN, NAN], [NAN, 0.5], [1.0, 0.5]])

    np.testing.assert_array_equal(checked(raw, "signal").dense(), [[0, 0], [0, 0.5], [1, 0.5]])
    assert np.isnan(raw[0, 0])


@pytest.mark.parametrize("symbols", [1, 3, 100])
def test_long_positions_are_the_same_in_blocks(symbols: int) -> None:
    rng = np.random.default_rng(symbols)
    bars = 3 * int(BLOCK) + 7
    raw = np.where(rng.random((bars, symbols)) < 0.01, rng.random((bars, symbols)), np.nan)
    filled = np.maximum.accumulate(np.where(np.isnan(raw), -1, np.arange(bars)[:, None]), axis=0)
    held = np.where(filled < 0, np.nan, raw[np.maximum(filled, 0), np.arange(symbols)])

    found = checked(held, "signal")

    np.testing.assert_array_equal(found.dense(), np.nan_to_num(held))
    assert found.hash == changes_of(np.nan_to_num(held)).hash


def test_a_warm_up_may_last_over_several_blocks_and_to_the_end() -> None:
    raw = np.full((2 * int(BLOCK) + 10, 2), NAN)
    raw[-5:, 1] = 0.5

    found = checked(raw, "rotate")

    np.testing.assert_array_equal(found.dense(), np.nan_to_num(raw))
    raw[int(BLOCK), 0] = 0.5
    with pytest.raises(GenomeRefused, match="expected a number after the warm-up"):
        checked(raw, "rotate")


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (NAN, "not_finite", "bar 2500 of symbol 1"),
        (INF, "not_finite", "bar 2500 of symbol 1"),
        (1.5, "out_of_range", "was 1.5 at bar 2500 of symbol 1"),
    ],
)
def test_a_fault_is_told_with_its_place(value: float, code: str, words: str) -> None:
    raw = np.zeros((5000, 3))
    raw[2500, 1] = value

    with pytest.raises(GenomeRefused) as refused:
        checked(raw, "signal")

    assert refused.value.reasons[0].code == code
    assert words in refused.value.reasons[0].message


def test_weights_may_fill_the_account_but_not_more() -> None:
    raw = np.zeros((1500, 3))
    raw[1200] = [0.5, -0.3, 0.2]

    assert checked(raw, "rotate").dense()[1200, 1] == -0.3
    raw[1200] = [0.5, -0.3, 0.2001]
    with pytest.raises(GenomeRefused, match=r"at most 1, was 1\.0001 at bar 1200"):
        checked(raw, "rotate")
    assert checked(raw, "signal") is not None


@pytest.mark.parametrize("raw", [np.zeros(5), np.zeros((5, 1), dtype=np.float32)])
def test_another_shape_or_type_breaks_the_contract(raw: np.ndarray) -> None:
    with pytest.raises(GenomeRefused) as refused:
        checked(raw, "signal")

    assert refused.value.reasons[0].code == "contract"
