"""Purged, embargoed and combinatorial splits: the count formulas, by hand, and a slow reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.purged import Folds, Split, embargo, free_of, paths, purged_splits


def held(samples: int, periods: int) -> np.ndarray:
    """Ends of samples whose position is held so many periods, the last ones cut off."""
    return np.minimum(np.arange(samples) + periods, samples - 1)


@pytest.mark.parametrize(
    ("groups", "tested", "splits", "whole"), [(6, 2, 15, 5), (10, 1, 10, 1), (10, 8, 45, 36)]
)
def test_splits_and_paths_are_as_many_as_the_formulas_say(
    groups: int, tested: int, splits: int, whole: int
) -> None:
    folds = Folds(groups, tested, 0)

    found = list(purged_splits(held(60, 0), folds))

    assert len(found) == len({split.groups for split in found}) == folds.splits == splits
    assert folds.splits == math.comb(groups, tested)
    assert folds.paths == whole == tested * splits // groups
    assert paths(folds).shape == (whole, groups)


def test_a_path_takes_each_group_from_a_split_that_tests_it_and_no_split_twice() -> None:
    folds = Folds(6, 3, 0)
    splits = list(purged_splits(held(30, 0), folds))

    found = paths(folds)

    for group in range(6):
        assert all(group in splits[n].groups for n in found[:, group])
        assert len(set(found[:, group])) == folds.paths
    assert len(set(zip(found.ravel(), np.tile(np.arange(6), folds.paths), strict=True))) == 60


def test_a_middle_group_by_hand() -> None:
    ends = held(12, 2)

    split = list(purged_splits(ends, Folds(3, 1, embargo=1)))[1]

    assert split.groups == (1,)
    assert split.test.tolist() == [4, 5, 6, 7]
    assert split.train.tolist() == [0, 1, 11]


def test_without_holding_and_embargo_nothing_is_lost() -> None:
    for split in purged_splits(held(23, 0), Folds(5, 2, 0)):
        assert sorted([*split.train, *split.test]) == list(range(23))


def test_a_position_held_to_the_end_leaves_nothing_to_train_on_before_it() -> None:
    last: Split = list(purged_splits(np.full(10, 9), Folds(2, 1, 0)))[1]

    assert last.train.tolist() == []


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_purging_agrees_with_comparing_every_pair(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 25))
    spans = data.draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    test = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    apart = data.draw(st.integers(0, 5))
    ends = np.minimum(np.arange(count) + spans, count - 1)

    found = free_of(test, ends, apart)

    assert found.tolist() == [_is_free(k, test, ends, apart) for k in range(count)]


def _is_free(sample: int, test: np.ndarray, ends: np.ndarray, apart: int) -> bool:
    tested = [range(t, ends[t] + 1) for t in np.flatnonzero(test)]
    if any(set(own) & set(range(sample, ends[sample] + 1)) for own in tested):
        return False
    return not any(own[-1] < sample <= own[-1] + apart for own in tested)


def test_the_embargo_is_a_hundredth_or_the_longest_memory() -> None:
    assert embargo(2001, 5) == 21
    assert embargo(2000, 60) == 60


def test_folds_and_ends_that_cannot_be_are_refused() -> None:
    for groups, tested in ((5, 0), (5, 5), (1, 1)):
        with pytest.raises(ValueError, match="all but one group"):
            Folds(groups, tested, 0)
    with pytest.raises(ValueError, match="embargo from 0"):
        Folds(5, 1, -1)
    for ends in ([0, 0, 2], [1, 2, 3]):
        with pytest.raises(ValueError, match="each end"):
            list(purged_splits(np.array(ends), Folds(2, 1, 0)))
    with pytest.raises(ValueError, match="5 samples"):
        list(purged_splits(held(4, 0), Folds(5, 1, 0)))
