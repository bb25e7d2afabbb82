"""The nightly tribunal in words: what the same pipeline found where there is nothing to find."""

from __future__ import annotations

from daemon.domain.briefing.names import world_name
from daemon.domain.briefing.proofs import Tribunal
from daemon.domain.briefing.wording import counted, plain, ratio
from daemon.domain.evolution.records import Event
from daemon.domain.worlds.null import IMPOSSIBLE_Z


def tribunal_of(held: Event | None) -> Tribunal | None:
    """What the event of a night's tribunal says; None for a night without one."""
    if held is None:
        return None
    detail = held.detail
    graduates, trials = len(detail["graduates"]), int(detail["evaluations"])
    passed = f"{graduates:,} passed, which must not be" if graduates else "none passed"
    kind = plain(str(detail["kind"]), 20)
    return Tribunal(
        kind=kind,
        seed=int(detail["seed"]),
        trials=trials,
        finalists=int(detail["finalists"]),
        graduates=graduates,
        highest_z=float(detail["highest_z"]),
        words=(
            "The same pipeline was also run where there is nothing to find, on "
            f"{world_name(kind)}: {counted(trials, 'trial')}, {passed}."
        ),
    )


def alarms(tribunal: Tribunal | None) -> tuple[str, ...]:
    """Why the night's results are not to be believed, the gravest first."""
    if tribunal is None:
        return ()
    found = []
    if tribunal.highest_z > IMPOSSIBLE_Z:
        found.append(
            "Warning: where there is nothing to find, a strategy showed a Sharpe ratio "
            f"{ratio(tribunal.highest_z, 1)} standard errors above zero, which cannot be: the "
            "engine leaks the future. Believe no result, and report it with this sentence."
        )
    if tribunal.graduates:
        count = counted(tribunal.graduates, "strategy", "strategies")
        found.append(
            f"Warning: where there is nothing to find, {count} of {tribunal.trials:,} passed every "
            "check of the ladder. Take nothing for proven before `nightshift tribunal` was run "
            "and let nothing through."
        )
    return tuple(found)


def alarm_headline(tribunal: Tribunal | None) -> str:
    """Takes back the whole night; "" where the tribunal has nothing against it."""
    if not alarms(tribunal):
        return ""
    return "Believe no result of this night: something was found where there is nothing to find"
