"""Missing days and missing minutes, for liquid and for thin symbols."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.presence import Presence, crowd_of, cut_to_life, presence_of
from daemon.domain.market.scan.scan import Context, scan_minutes
from tests.domain.market.scan.made import HALF_DAY, MONDAY, chosen, minutes_of, sessions, where
from tests.domain.market.sessions import MINUTE

GRID = sessions(30)
LIQUID = minutes_of(GRID)
THIN = minutes_of(GRID, density=0.25)


def session_of(rows: Rows) -> np.ndarray:
    return GRID.of_instants(rows.open_time)


def minute_of(rows: Rows) -> np.ndarray:
    return (rows.open_time - GRID.open_time[session_of(rows)]) // MINUTE


def without(rows: Rows, session: int, start: int = 0, stop: int = 390) -> Rows:
    minute = minute_of(rows)
    return chosen(rows, (session_of(rows) != session) | (minute < start) | (minute >= stop))


def holes(rows: Rows, **context: object) -> list[Finding]:
    codes = {Code.MISSING_DAY, Code.MISSING_MINUTES, Code.MARKET_HOLE}
    found = scan_minutes(rows, Context(GRID, **context))  # type: ignore[arg-type]
    return [one for one in found if one.code in codes]


def test_whole_sessions_and_a_half_day_have_no_holes() -> None:
    assert holes(LIQUID) == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("density", [0.03, 0.2, 0.5, 0.8])
def test_a_thin_symbol_lacks_minutes_honestly(density: float, seed: int) -> None:
    assert holes(minutes_of(GRID, seed, density)) == []


@pytest.mark.parametrize("seed", range(12))
def test_quiet_minutes_may_come_together(seed: int) -> None:
    """Bars that come in spells of ten minutes on average."""
    chance = np.random.default_rng(seed)
    spells = np.repeat(chance.random(len(LIQUID)) < 0.4, chance.geometric(0.1, len(LIQUID)))

    assert holes(chosen(LIQUID, spells[: len(LIQUID)])) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_thin_symbol_has_quiet_days(seed: int) -> None:
    chance = np.random.default_rng(seed)
    busy = chance.uniform(0.1, 0.6, len(GRID))

    assert holes(chosen(LIQUID, chance.random(len(LIQUID)) < busy[session_of(LIQUID)])) == []


def test_a_session_without_bars_is_missing() -> None:
    (finding,) = holes(without(LIQUID, 7))

    assert (finding.day, finding.code) == (MONDAY + 7, Code.MISSING_DAY)
    assert finding.severity is Severity.BAD


def test_sessions_before_the_first_and_after_the_last_bar_are_not_expected() -> None:
    listed = chosen(LIQUID, (session_of(LIQUID) >= 3) & (session_of(LIQUID) < 25))

    assert holes(listed) == []
    assert len(holes(listed, begins=False)) == 3
    assert len(holes(listed, ends=False)) == 5


def test_the_first_session_begins_and_the_last_ends_with_its_bars() -> None:
    first, last = session_of(LIQUID) == 0, session_of(LIQUID) == len(GRID) - 1
    minute = minute_of(LIQUID)
    listed = chosen(LIQUID, ~(first & (minute < 100)) & ~(last & (minute > 200)))

    assert holes(listed) == []
    assert len(holes(listed, begins=False, ends=False)) == 2


def test_one_minute_of_a_liquid_symbol_is_good_to_know() -> None:
    (finding,) = holes(without(LIQUID, 4, 100, 101))

    assert (finding.severity, finding.count) == (Severity.INFO, 1)
    assert finding.sentence == (
        "1 of 390 regular minutes have no bar, the longest run is 1; the usual day lacks 0"
    )


def test_a_lost_hour_is_bad_for_a_liquid_symbol_on_a_half_day_too() -> None:
    (whole,) = holes(without(LIQUID, 4, 100, 160))
    (half,) = holes(without(LIQUID, HALF_DAY, 150, 210))

    assert (whole.severity, whole.count) == (Severity.BAD, 60)
    assert (half.severity, half.count) == (Severity.BAD, 60)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 29), st.integers(0, 200), st.integers(3, 150))
def test_a_hole_in_a_liquid_symbol_is_found_to_the_minute(
    session: int, start: int, length: int
) -> None:
    ends = start + length >= GRID.minutes[session] and session == len(GRID) - 1
    begins = start == 0 and session == 0

    found = holes(without(LIQUID, session, start, start + length))

    lost = max(min(start + length, int(GRID.minutes[session])) - start, 0)
    if lost == 0 or begins or ends:
        return
    assert where(found, Code.MISSING_MINUTES) == [(MONDAY + session, lost)]
    assert found[0].severity >= (Severity.BAD if lost >= 39 else Severity.INFO)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 28).filter(lambda s: s != HALF_DAY), st.integers(0, 190))
def test_a_long_hole_in_a_thin_symbol_is_found(session: int, start: int) -> None:
    found = holes(without(THIN, session, start, start + 200))

    assert [(one.day, one.severity) for one in found] == [(MONDAY + session, Severity.BAD)]


def test_scattered_losses_of_a_liquid_symbol_are_found_by_their_number() -> None:
    kept = (session_of(LIQUID) != 9) | (minute_of(LIQUID) % 3 == 0)

    (finding,) = holes(chosen(LIQUID, kept))

    assert (finding.day, finding.severity, finding.count) == (MONDAY + 9, Severity.BAD, 260)


def crowd_with(hole: slice) -> list[Presence]:
    grids = [presence_of(minutes_of(GRID, seed).open_time, GRID) for seed in range(4)]
    for grid in grids:
        grid.held[3, hole] = False
    return grids


def test_minutes_that_nobody_has_are_a_hole_of_the_market() -> None:
    crowd = crowd_of(crowd_with(slice(50, 65)))

    (finding,) = holes(without(LIQUID, 3, 50, 65), crowd=crowd)

    assert (finding.code, finding.severity, finding.count) == (
        Code.MARKET_HOLE,
        Severity.WARN,
        15,
    )


def test_minutes_that_the_others_have_are_a_hole_of_the_symbol() -> None:
    crowd = crowd_of(crowd_with(slice(0, 0)))

    (finding,) = holes(without(LIQUID, 3, 50, 65), crowd=crowd)

    assert (finding.code, finding.count) == (Code.MISSING_MINUTES, 15)


def test_a_missing_day_tells_whether_others_have_it() -> None:
    others = crowd_of(crowd_with(slice(0, 0)))
    nobody = crowd_of(crowd_with(slice(0, 390)))

    found = [holes(without(LIQUID, 3), crowd=crowd)[0].sentence for crowd in (others, nobody)]

    assert found == [
        "the session has no bar, which 4 other symbols of the lake have",
        "the session has no bar, nor has any symbol it is compared with",
    ]


def test_a_halt_on_the_tape_is_no_hole() -> None:
    traded = without(LIQUID, 3, 50, 110).open_time
    tape = traded[GRID.of_instants(traded) == 3]

    assert holes(without(LIQUID, 3, 50, 110), tape=tape) == []


def test_a_minute_with_trades_and_no_bar_is_a_hole() -> None:
    tape = LIQUID.open_time[session_of(LIQUID) == 3]

    (finding,) = holes(without(LIQUID, 3, 50, 110), tape=tape)

    assert finding.count == 60


def test_one_witness_is_no_crowd() -> None:
    crowd = crowd_of(crowd_with(slice(50, 65))[:1])

    (finding,) = holes(without(LIQUID, 3, 50, 65), crowd=crowd)

    assert finding.code is Code.MISSING_MINUTES


def test_a_crowd_without_one_of_its_members_is_the_crowd_of_the_others() -> None:
    grids = crowd_with(slice(50, 65))

    less = crowd_of(grids).without(grids[2])

    others = crowd_of([grids[0], grids[1], grids[3]])
    assert np.array_equal(less.minutes, others.minutes)
    assert np.array_equal(less.days, others.days)


def test_a_thin_symbol_does_not_testify() -> None:
    crowd = crowd_of([presence_of(THIN.open_time, GRID), presence_of(LIQUID.open_time, GRID)])

    assert crowd.days.max() == 1


def test_a_day_file_of_one_session_is_scanned() -> None:
    one = SessionTable(GRID.session_date[:1], GRID.open_time[:1], GRID.close_time[:1])
    grid = cut_to_life(presence_of(LIQUID.open_time[50:380], one), True, True)

    assert (int(grid.known.sum()), int(grid.held.sum())) == (330, 330)
