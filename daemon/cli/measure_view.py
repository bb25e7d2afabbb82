"""How tribunals and planted benchmarks look: a bar while they run, then a verdict in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from daemon.cli.output import err, out, print_table

WORLD_COLUMNS: Final = ("world without an edge", "seed", "trials", "finalists", "graduates")
PLANTED_COLUMNS: Final = (
    "arm",
    "evaluations to 75 %",
    "95 %",
    "reached",
    "true / oracle",
    "strict rule speaks",
)
_HALF: Final = 0.5


@contextmanager
def watching_campaigns(campaigns: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """A watcher that is called after each campaign; shown on a terminal only."""
    text, bar = TextColumn("{task.description}"), BarColumn()
    columns = (text, bar, MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("campaigns", total=campaigns)
        yield lambda: progress.advance(task)


def print_verdict(verdict: Mapping[str, Any]) -> None:
    """The verdict of a tribunal."""
    print_table("", WORLD_COLUMNS, world_rows(verdict))
    for sentence in sentences(verdict):
        out.print(sentence, markup=False, soft_wrap=True)


def world_rows(verdict: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """A row for each world without an edge, in the order of `WORLD_COLUMNS`."""
    return [
        (w["kind"], w["seed"], w["evaluations"], w["finalists"], len(w["graduates"]))
        for w in verdict["worlds"]
    ]


def sentences(verdict: Mapping[str, Any]) -> Iterator[str]:
    """What a verdict means."""
    yield (
        f"{verdict['graduates']} graduates in {verdict['campaigns']} campaigns without an edge, "
        f"{verdict['evaluations']:,} trials in all; with 95 % confidence fewer than "
        f"{verdict['upper_95']:.1%} of such campaigns graduate anything."
    )
    for leak in verdict["leaks"]:
        yield (
            f"THE ENGINE LEAKS: on {leak['kind']} {leak['seed']} a Sharpe ratio lies "
            f"{verdict['highest_z']:.1f} standard errors above zero."
        )
    if verdict["oracles"]:
        share = f"{verdict['oracles_passed']:.0%}"
        yield (
            f"Of {verdict['oracles']} oracles of a strong planted edge {share} passed the same "
            "gates (80 % are asked for)."
        )
        held = [f"{o['kind']} {o['seed']}: {o['failed']}" for o in verdict["heard"] if o["failed"]]
        if held:
            yield f"Held back: {'; '.join(held)}."


def print_planted(found: Mapping[str, Any]) -> None:
    """The figures of a planted benchmark."""
    title = f"{found['kind']}, oracle z {found['z']:g}, {found['seeds']} seeds"
    print_table(title, PLANTED_COLUMNS, planted_rows(found))
    for sentence in planted_sentences(found):
        out.print(sentence, markup=False)


def planted_rows(found: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """A row for each arm, in the order of `PLANTED_COLUMNS`."""
    return [
        (
            name,
            _evaluations(arm),
            f"{arm['interval'][0]:.0f} to {arm['interval'][1]:.0f}",
            f"{arm['reached']:.0%}",
            f"{arm['median_final_ratio']:.2f}",
            f"{arm['evident']:.0%}",
        )
        for name, arm in found["arms"].items()
    ]


def _evaluations(arm: Mapping[str, Any]) -> str:
    """The median in whole evaluations; where half of the runs never got there it is a least."""
    least = "" if arm["reached"] > _HALF else "more than "
    return f"{least}{arm['median']:,.0f}"


def planted_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """What the figures mean; a median at the limit of its arm is no number of evaluations."""
    times, arms = found["random_over_search"], found["arms"]
    if times is None or arms["search"]["reached"] <= _HALF:
        yield "The search got there in half of its runs at most; nothing follows of the two arms."
        return
    least = "" if arms["random"]["reached"] > _HALF else "at least "
    yield f"Without selection it takes {least}{times:.1f} times as many evaluations."
