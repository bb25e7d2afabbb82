"""What failed in a night, counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from daemon.domain.briefing.document import Tally
from daemon.domain.briefing.names import lesson_name, refusal_name
from daemon.domain.briefing.wording import plain
from daemon.domain.engine.causality import ON_THE_MARKET
from daemon.domain.evolution.records import Lesson, Trial

FAILED: Final = "failed"
"""Code of the trials that broke before they had a price."""

UNPROVED: Final = "unproved"
"""Code of the trials that were priced well, and then did not pass the proof of it."""


def trial_tallies(own: Sequence[Trial]) -> tuple[Tally, ...]:
    """Trials that count but have no fitness, and trials that broke, most frequent first."""
    codes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for trial in own:
        if trial.evaluation is None:
            code = UNPROVED if trial.failure.startswith(ON_THE_MARKET) else FAILED
            codes[code] += 1
            examples.setdefault(code, plain(trial.failure, 160))
        elif trial.evaluation.selection is None:
            codes[trial.evaluation.fitness_refusal or "blocks"] += 1
    names = {
        FAILED: "could not be run",
        UNPROVED: "did not pass the proof that they look back only",
        "blocks": "had too few blocks that could be judged",
    }
    return tuple(
        Tally(code, names.get(code) or refusal_name(code), count, examples.get(code, ""))
        for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    )


def lesson_tallies(lessons: Sequence[Lesson]) -> tuple[Tally, ...]:
    """Children that were refused, by reason, most frequent first."""
    codes = Counter(lesson.code for lesson in lessons)
    examples = {lesson.code: plain(lesson.message, 160) for lesson in reversed(lessons)}
    return tuple(
        Tally(code, lesson_name(code), count, examples[code])
        for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    )
