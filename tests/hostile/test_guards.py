"""Every guard taken away alone: exactly the cases that name it are no longer refused by it.

`make test` looks at the cases that name a guard and at every sixteenth of the others, another
sixteenth for each guard; the slow tests look at all of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace

import pytest

from daemon.domain.genome import gate
from daemon.sandbox import slot
from daemon.sandbox.layers import LANGUAGE, Layer, Off
from daemon.sandbox.pool import Pool
from daemon.sandbox.slot import Slot
from tests.hostile import mutants
from tests.hostile.canaries import Canaries
from tests.hostile.cases import GOOD, LIMITS, Case, answer, codes, listed, told
from tests.hostile.gate_guards import GATE
from tests.hostile.run_guards import RUNS, TIME

CASES = listed()
SETTINGS: dict[str, Off] = {
    "closed": frozenset({Layer.GATE}),
    "bare": LANGUAGE,
    "open": LANGUAGE | {Layer.SECCOMP},
}
SOME, ALL = 16, 1
NOT_ALONE = ("text, not bytes",)
"""Stops nothing that the rest lets through, but what is read must be what is run."""

shares = pytest.mark.parametrize(
    "share",
    [SOME, pytest.param(ALL, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])],
    ids=["some", "all"],
)


def looked_at(guard: str, share: int, cases: Iterable[Case]) -> list[Case]:
    """Those that name a guard, and one in `share` of the others."""
    return [
        case
        for case in cases
        if guard in case.guards or zlib.crc32(f"{guard} {case.name}".encode()) % share == 0
    ]


def verdict(case: Case) -> tuple[str, ...]:
    """Codes of the gate, or that it broke: without a guard later steps meet what they never do."""
    try:
        return codes(case.data)
    except (KeyError, AttributeError, TypeError, RecursionError) as error:
        return (f"broke with {type(error).__name__}",)


@shares
@pytest.mark.parametrize("guard", GATE)
def test_without_a_guard_of_the_gate_exactly_its_cases_change(
    guard: str, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = looked_at(guard, share, CASES)
    GATE[guard](monkeypatch)

    found = {case.name: verdict(case) for case in cases}

    before = {case.name: case.on if isinstance(case.on, tuple) else () for case in cases}
    changed = {name for name, after in found.items() if after != before[name]}
    assert changed == {case.name for case in cases if guard in case.guards}
    assert guard in NOT_ALONE or () in {found[name] for name in changed}


@shares
@pytest.mark.parametrize("setting", SETTINGS)
async def test_without_a_guard_of_a_run_exactly_its_cases_change(
    setting: str,
    share: int,
    canaries: Canaries,
    confined: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slot, "_LAUNCH", mutants.LAUNCH)
    shown = [case for case in CASES if getattr(case, setting)]
    async with Pool(1, off=SETTINGS[setting]) as pool:
        for case in looked_at(setting, share, shown):
            canaries.renew()
            found = await answer(pool, case.source, case.limits(setting), canaries.params)
            assert told(found) == getattr(case, setting), case.name
        for guard in (name for name, each in RUNS.items() if each.setting == setting):
            cases = looked_at(guard, share, shown)
            changed = await changed_without(guard, cases, pool, canaries)
            assert changed == {case.name for case in cases if guard in case.guards}, guard


async def changed_without(
    guard: str, cases: Iterable[Case], pool: Pool, canaries: Canaries
) -> set[str]:
    """Names of the cases that end otherwise without a guard; an endless one is passed over."""
    setting, remove = RUNS[guard].setting, RUNS[guard].remove
    params = canaries.params if remove else canaries.params | {mutants.KEY: guard}
    changed = set()
    with pytest.MonkeyPatch.context() as patch:
        if remove:
            remove(patch)
        for case in cases:
            before = getattr(case, setting)
            if before.startswith("timeout"):
                continue
            canaries.renew()
            if guard == "output is wiped":
                await answer(pool, GOOD, LIMITS, {})
            if told(await answer(pool, case.source, LIMITS, params)) != before:
                changed.add(case.name)
    return changed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("guard", "left"), [("deadline", "processor time"), ("processor time", "deadline")]
)
async def test_without_one_limit_of_time_the_other_still_holds(
    guard: str, left: str, confined: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a second or two: whichever of the two is left ends every case that never ends."""
    limits = replace(LIMITS, cpu_s=1.0, wall_s=3.0)
    settle = Slot.settle
    params = {}
    if guard == "deadline":
        monkeypatch.setattr(Slot, "settle", lambda slot, seconds: settle(slot, 60.0))
    else:
        monkeypatch.setattr(slot, "_LAUNCH", mutants.LAUNCH)
        params = {mutants.KEY: guard}
    endless = [case for case in CASES if guard in case.guards]
    async with Pool(1, off=LANGUAGE) as pool:
        found = {
            case.name: told(await answer(pool, case.source, limits, params)) for case in endless
        }

    assert guard in TIME
    assert found == {case.name: f"timeout {left}" for case in endless}


def test_a_gate_without_any_check_would_let_attacks_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or the tests above would show nothing of the gate as a whole."""
    monkeypatch.setattr(gate, "check_grammar", lambda tree, header: [])
    monkeypatch.setattr(gate, "warmup_of", lambda tree, header: (1, 1))
    let_through = [case.name for case in CASES if verdict(case) == ()]

    assert "frames/class_walk" in let_through
    assert "resources/shell" in let_through
