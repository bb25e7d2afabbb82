"""Blocks: how many, how long, and nothing counted twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.splits import BlockRules, blocks

RULES = BlockRules()


def test_eight_years_make_six_blocks_with_a_week_purged_between_them() -> None:
    found = blocks(2016, RULES)

    assert found[0] == (0, 330)
    assert found[1] == (336, 667)
    assert found[-1][1] == 2015
    assert len(found) == 6


def test_a_history_of_144_sessions_makes_three_blocks_of_at_least_forty() -> None:
    found = blocks(144, RULES)

    assert len(found) == 3
    assert all(last - first + 1 >= 40 for first, last in found)


@given(st.integers(0, 3000))
@settings(deadline=None, max_examples=200)
def test_blocks_cover_all_but_what_is_purged_and_never_overlap(sessions: int) -> None:
    found = blocks(sessions, RULES)
    lengths = [last - first + 1 for first, last in found]
    between = [found[k + 1][0] - found[k][1] - 1 for k in range(len(found) - 1)]

    assert (found == ()) == (sessions < 40)
    assert len(found) in (0, 3, 4, 5, 6)
    if found:
        assert found[0][0] == 0
        assert found[-1][1] == sessions - 1
        assert set(between) == {5}
        assert max(lengths) - min(lengths) <= 1
        assert min(lengths) >= 10


@given(st.integers(130, 3000))
@settings(deadline=None, max_examples=100)
def test_no_block_is_shorter_than_forty_where_there_are_as_many(sessions: int) -> None:
    assert min(last - first + 1 for first, last in blocks(sessions, RULES)) >= 40


def test_one_session_more_than_six_blocks_need_is_six_blocks() -> None:
    assert len(blocks(6 * 40 + 5 * 5, RULES)) == 6
    assert len(blocks(6 * 40 + 5 * 5 - 1, RULES)) == 5
