"""How tribunals look: a bar while campaigns run, then a verdict in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from daemon.cli.output import err, out, print_table

WORLD_COLUMNS: Final = ("world without an edge", "seed", "trials", "finalists", "graduates")


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
