"""Codes of refusals and operators in plain English, for the briefing."""

from __future__ import annotations

from typing import Final

_REFUSALS: Final = {
    "not_finite": "gave figures that are not numbers",
    "too_few_trades": "traded too seldom to judge",
    "too_little_exposure": "was hardly ever invested",
    "no_variance": "never gained or lost anything",
    "ruined": "lost everything",
    "too_short": "had too little history to judge",
}
_LESSONS: Final = {
    "duplicate": "is the same text as an earlier genome",
    "duplicate_text": "is the same text as an earlier genome",
    "duplicate_behaviour": "trades exactly like an earlier genome",
    "lookahead": "uses the future",
    "nondeterministic": "answers differently when asked twice",
    "warmup": "needs more history than it declares",
    "timeout": "took too long",
    "memory": "asked for too much memory",
    "crash": "broke while running",
    "syntax": "is not valid Python",
    "empty": "came back empty",
}
_OPERATORS: Final = {"": "an owner's genome", "seed": "a seed genome"}


def refusal_name(code: str) -> str:
    """Why an evaluation has no fitness, as the end of a sentence that begins with "it"."""
    return _REFUSALS.get(code, _spoken(code))


def lesson_name(code: str) -> str:
    """Why a child was refused, as the end of a sentence that begins with "it"."""
    return _LESSONS.get(code, _REFUSALS.get(code, _spoken(code)))


def operator_name(code: str) -> str:
    """An operator as words: "parameter_jitter" is "parameter jitter"."""
    return _OPERATORS.get(code, _spoken(code))


def _spoken(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
