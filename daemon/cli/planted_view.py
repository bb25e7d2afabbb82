"""How a planted benchmark looks: both arms, the silence where the edge is weak, and the seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from daemon.cli.output import out, print_table
from daemon.supervisor.measured.planted import STRONG
from daemon.supervisor.measured.promises import HALF

COLUMNS: Final = (
    "arm",
    "evaluations to 75 %",
    "95 %",
    "reached",
    "true / oracle",
    "strict rule speaks",
)
SECONDS_COLUMNS: Final = ("arm", "processor seconds to 75 %", "95 %")


def print_planted(found: Mapping[str, Any]) -> None:
    """The figures of a planted benchmark."""
    title = f"{found['kind']}, oracle z {found['z']:g}, {found['seeds']} seeds"
    print_table(title, COLUMNS, arm_rows(found), right=COLUMNS[1:])
    for sentence in (*contest_sentences(found), *silence_sentences(found)):
        out.print(sentence, markup=False, soft_wrap=True)
    print_table("", SECONDS_COLUMNS, seconds_rows(found), right=SECONDS_COLUMNS[1:])
    for sentence in seconds_sentences(found):
        out.print(sentence, markup=False, soft_wrap=True)


def arm_rows(found: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """A row for each arm, in the order of `COLUMNS`."""
    return [
        (
            name,
            f"{_least(arm)}{arm['median']:,.0f}",
            f"{arm['interval'][0]:.0f} to {arm['interval'][1]:.0f}",
            f"{arm['reached']:.0%}",
            f"{arm['median_final_ratio']:.2f}",
            f"{arm['evident']:.0%}",
        )
        for name, arm in found["arms"].items()
    ]


def seconds_rows(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """A row for each arm, in the order of `SECONDS_COLUMNS`."""
    return [
        (
            name,
            f"{_least(found['arms'][name])}{spent['median']:.1f}",
            f"{spent['interval'][0]:.1f} to {spent['interval'][1]:.1f}",
        )
        for name, spent in found["timing"]["processor_seconds_to_75"].items()
    ]


def contest_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """What both arms mean; a median at the limit of its arm is no number of evaluations."""
    times, arms = found["random_over_search"], found["arms"]
    if times is None:
        yield "The search got there in half of its runs at most; nothing follows of the two arms."
    else:
        least = "at least " if _least(arms["random"]) else ""
        yield (
            f"Without selection it takes {least}{times:.1f} times as many evaluations "
            f"({_interval(found)})."
        )
    goal = found["goals"].get("random_over_search")
    if goal is not None:
        yield f"At least {goal['at_least']:g} times are asked for."
        if not goal["met"]:
            share = f"1/{goal['at_least']:g} of the evaluations of the one without selection"
            yield f"THE GOAL IS MISSED that the search needs at most {share}."


def silence_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """What the strict rule said where the edge is weak; nothing where only one strength was run."""
    silence, goals = found["silence"], found["goals"]
    if silence is None:
        return
    worlds = silence["worlds"]
    yield (
        f"At z = {silence['z']:g} the strict rule stayed silent in {silence['silent']} of {worlds} "
        f"worlds, after {silence['evaluations']} trials of the search in each (all are asked for)."
    )
    yield (
        f"With the oracle of z = {STRONG:g} as one more trial of the same ledgers it spoke in "
        f"{silence['heard']} of {worlds} ({goals['heard']['at_least']:.0%} are asked for)."
    )
    if not goals["silent"]["met"]:
        yield f"THE GOAL IS MISSED that the strict rule stays silent at z = {silence['z']:g}."
    if not goals["heard"]["met"]:
        yield f"THE GOAL IS MISSED that the strict rule speaks of an oracle of z = {STRONG:g}."


def seconds_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """Which seconds these are."""
    timing = found["timing"]
    if found["random_over_search"] is not None:
        least = "at least " if _least(found["arms"]["random"]) else ""
        times = timing["random_over_search"]
        yield (
            f"Without selection it takes {least}{times:.1f} times the seconds "
            f"({_interval(timing)})."
        )
    yield (
        "They are processor seconds of the whole campaign, its own and those of its children, from "
        "its set-up to the end of the round in which the champion was there, on the machine that "
        "ran it; nothing else here differs from run to run."
    )


def _least(arm: Mapping[str, Any]) -> str:
    """Where half of the runs never got there a median is a least."""
    return "" if arm["reached"] > HALF else "more than "


def _interval(found: Mapping[str, Any]) -> str:
    low, high = found["random_over_search_interval"]
    return f"95 %: {low:.1f} to {high:.1f}"
