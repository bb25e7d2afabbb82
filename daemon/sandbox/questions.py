"""What a child is asked to show that a genome looks at the past only, and what its answers say.

A question is one run of the genome; the truth that its answer is held against is what the genome
answered on the whole market, or what another run of the same child did. An exception on a
shortened series proves nothing and is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from daemon.domain.engine import causality
from daemon.domain.genome.contract import Kind as Entry
from daemon.domain.market.bars import Floats
from daemon.errors import Reason
from daemon.sandbox.task import Answer, dense
from daemon.sandbox.wire import Run

INCONCLUSIVE: Final = ("raised", "contract")
MOST_ALIKE: Final = 0.01
"""Share of positions that other dollars or session numbers may change: ties decided by rounding."""
MANY: Final = 8
"""Numbers of three or more digits in a text; 1,928 genomes that were bred had at most two."""

_NONDETERMINISTIC: Final = Reason(
    "nondeterministic", 0, "the same bars gave other positions when it ran again"
)
_SENTENCES: Final = {
    "truncation": (
        "lookahead_truncation",
        "the position at bar {bar} changes when the bars from {cut} on are cut off",
    ),
    "future": (
        "lookahead_future",
        "the position at bar {bar} changes when the bars from {cut} on are others",
    ),
    "parity": (
        "warmup_too_short",
        "the position at bar {bar} on WARMUP = {cut} bars differs from that on the full history",
    ),
}
_DATES: Final = Reason(
    "memorised_dates",
    0,
    "its positions change when sessions are numbered otherwise, and a number tells the date: "
    "compare sessions with one another only",
)
_LEVELS: Final = (
    "its positions hang on {count} memorised numbers and change at 1.37 times the price"
)


_MOVES: Final = (
    "its positions are others when every bar's prices are a little off (correlation {kept:.2f}), "
    "as with moves learnt by heart: compare with levels and ranges, not with single values"
)
_MOST_MOVED: Final = 0.6
"""Of honest rules 0.44 was the most, at ties of minute bars, and 0.11 on daily bars."""

Kind = Literal[
    "whole",
    "truncation",
    "future",
    "parity",
    "warmup",
    "plain",
    "strange",
    "nudged",
    "scaled",
    "renumbered",
]
Symbols = tuple[int, int]
"""The first of the symbols that are looked at, and how many they are."""


@dataclass(frozen=True, slots=True)
class Question:
    """One run and what it is to show.

    cut: first bar that is gone or other; of parity how many bars there are. bar, column: of the
    whole market, where the first number of the answer belongs. back: how many questions before it
    the one stands whose answer is the truth; 0 for the positions on the whole market. shortened:
    of fewer bars than the truth had, so that an exception proves nothing.
    """

    kind: Kind
    run: Run
    cut: int = 0
    bar: int = 0
    column: int = 0
    back: int = 0
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The questions that one child was asked, and its answers in the same order.

    whole: float64 (T, N), the positions on the whole market.
    """

    questions: Sequence[Question]
    answers: Sequence[Answer]
    whole: Floats

    def reasons(self) -> list[Reason]:
        """The first reason of each code against the genome."""
        found: dict[str, Reason] = {}
        for place in range(len(self.questions)):
            reason = self._reason(place)
            if reason is not None:
                found.setdefault(reason.code, reason)
        return list(found.values())

    def share(self, kind: Kind) -> float:
        """Share of the positions that differ, over all questions of that kind."""
        places = self._places(kind)
        return sum(map(self._share, places)) / max(1, len(places))

    def moved(self, kind: Kind) -> float:
        """How much of what was held is gone or other, over all questions of that kind: 0 to 1."""
        pairs = [self._pair(place) for place in self._places(kind)]
        apart = [causality.apart(*pair) for pair in pairs if pair]
        held = sum(held for _, held in apart)
        return sum(other for other, _ in apart) / held if held else 0.0

    def unrelated(self, kind: Kind) -> float:
        """The most of `causality.unrelated` over all questions of that kind."""
        pairs = [self._pair(place) for place in self._places(kind)]
        return max((causality.unrelated(*pair) for pair in pairs if pair), default=0.0)

    def silent(self, kind: Kind) -> bool:
        """True if there are questions of that kind and the genome failed at all of them."""
        answers = [self.answers[place] for place in self._places(kind)]
        return bool(answers) and all(isinstance(answer, Reason) for answer in answers)

    def _places(self, kind: Kind) -> list[int]:
        return [n for n, question in enumerate(self.questions) if question.kind == kind]

    def _reason(self, place: int) -> Reason | None:
        question, answer = self.questions[place], self.answers[place]
        if isinstance(answer, Reason):
            return None if question.shortened and answer.code in INCONCLUSIVE else answer
        truth = self._truth(place)
        if truth is None:
            return None
        if question.kind == "whole":
            return None if causality.same_bits(truth, dense(answer)) else _NONDETERMINISTIC
        if question.kind not in _SENTENCES:
            return None
        row = causality.first_difference(truth, dense(answer))
        code, sentence = _SENTENCES[question.kind]
        words = sentence.format(bar=question.bar + row, cut=question.cut)
        return None if row < 0 else Reason(code, 0, words)

    def _share(self, place: int) -> float:
        pair = self._pair(place)
        return causality.share_of_differences(*pair) if pair else 0.0

    def _pair(self, place: int) -> tuple[Floats, Floats] | None:
        truth, answer = self._truth(place), self.answers[place]
        if truth is None or isinstance(answer, Reason):
            return None
        return truth, dense(answer)

    def _truth(self, place: int) -> Floats | None:
        question = self.questions[place]
        rows, columns = question.run.last - question.run.first, question.run.columns
        if question.back == 0:
            first, column = question.bar, question.column
            return self.whole[first : first + rows, column : column + columns]
        told = self.answers[place - question.back]
        return None if isinstance(told, Reason) else dense(told)[:rows]


def looked_at(entry: Entry, positions: Floats, cut: int, few: int) -> Symbols:
    """Symbols to look at: all of a rotation, at most so few where each stands alone.

    Among them is one that moves on the last bar before the cut. positions: float64 (T, N).
    """
    symbols = positions.shape[1]
    if entry == "rotate":
        return 0, symbols
    columns = min(symbols, few)
    return min(causality.symbol_to_cut(positions, cut), symbols - columns), columns


def memorised_moves(told: Told) -> list[Reason]:
    """Why positions hang on single values of moves, which no other market has again."""
    moved = told.unrelated("nudged")
    words = _MOVES.format(kept=1.0 - moved)
    return [Reason("memorised_moves", 0, words)] if moved > _MOST_MOVED else []


def remembered(told: Told, precise: int) -> tuple[list[Reason], tuple[str, ...]]:
    """Reasons and flags for positions that hang on the level of prices, or on dates.

    precise: how many numbers of three or more digits stand in the text. Price levels alone are
    noted, since a floor for the price or the volume of a bar is a sensible rule.
    """
    reasons = [_DATES] if told.share("renumbered") > MOST_ALIKE else []
    if told.share("scaled") <= MOST_ALIKE:
        return reasons, ()
    if precise > MANY:
        reasons.append(Reason("memorised_levels", 0, _LEVELS.format(count=precise)))
    return reasons, (causality.PRICE_LEVELS,)


def sized(questions: Sequence[Question]) -> int:
    """Bytes of all the answers."""
    return sum(8 * q.run.columns * (q.run.last - q.run.first) for q in questions)
