"""What needs the owner: attacks on the sandbox, and results too good to be true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemon.domain.briefing.standings import Standing
from daemon.domain.briefing.wording import plain, ratio
from daemon.domain.evolution.records import Event

_SUSPECTS: Final = 5


def attacked(attacks: Sequence[Event]) -> tuple[str, ...]:
    """Each genome that got past the gate and attacked the sandbox."""
    return tuple(
        f"Security: {plain(event.detail['name'], 60)} ({event.subject[:12]}) got past the gate and "
        f"attacked the sandbox: {event.detail['message']}. It is quarantined and its source is "
        f"kept; look at it with `nightshift genomes show {event.subject[:12]}`."
        for event in attacks
    )


def suspected(suspects: Sequence[Standing]) -> tuple[str, ...]:
    """Each suspected leak, the first few by name."""
    named = [
        f"{plain(s.genome.name, 60)} ({s.genome.hash[:12]}) is quarantined as a suspected leak: a "
        f"Sharpe ratio of {ratio(s.evaluation.metrics.sharpe)} is too good to be true; look at its "
        "code before anything is built on it."
        for s in suspects[:_SUSPECTS]
    ]
    if len(suspects) > _SUSPECTS:
        named.append(f"{len(suspects) - _SUSPECTS:,} more are quarantined as suspected leaks.")
    return tuple(named)
