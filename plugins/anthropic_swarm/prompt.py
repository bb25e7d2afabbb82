"""The prompts of the swarm in the cloud: the common part of all requests, and the part of each one.

Their words are the files of `prompts`; here they are filled in. Whatever comes out of genomes and
refusals goes through `clean` first, and a name that is still there afterwards is an error.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Any, Final, get_args

from daemon.domain.genome import vocabulary as words
from daemon.domain.market.indicators.registry import Entry, Kind
from daemon.domain.market.indicators.vocabulary import vocabulary
from plugins.anthropic_swarm.clean import name_in, outside_code, shown, shown_source

OPERATORS: Final[tuple[str, ...]] = (
    "new_idea",
    "fix_worst",
    "simplify",
    "cross_ideas",
    "new_exit",
    "convexity",
)
"""Names of the instructions; one that begins with `cross_` wants two parents."""
ALONE: Final = "new_idea"
"""The instruction that needs no parent."""

ANSWER_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "idea": {"type": "string", "description": "the idea in one sentence"},
        "changed": {"type": "string", "description": "what is different, and why it should help"},
        "source": {"type": "string", "description": "the whole text of the genome, no fence"},
    },
    "required": ["idea", "changed", "source"],
    "additionalProperties": False,
}

IDEA: Final = 240
SENTENCE: Final = 200
MESSAGE: Final = 300
WORD: Final = 60

_TEXTS: Final = files("plugins.anthropic_swarm").joinpath("prompts")
_DOLLARS: Final = frozenset({"capital", "equity", "expectancy", "fees", "final_equity", "pnl"})
_KINDS: Final[Mapping[str, str]] = {
    "price": "in the units of its input: compare it with prices of the same symbol",
    "ratio": "without a unit, fractions: 0.01 is 1 %",
    "oscillator": "within bounds, mostly 0 to 100",
    "scale": "a distance in the units of the input: add it to a price or divide it by one",
    "condition": "True or False",
    "position": "ready to be answered",
    "count": "whole numbers",
    "tuple": "several arrays: unpack them",
    "windows": "a row of n values for each bar: reduce it with `axis=1`",
}


@dataclass(frozen=True, slots=True)
class Portrait:
    """A genome as the model may see it.

    figures: its metric vector on the training bars, ratios and fractions only. rank: of the
    selection tier no more than a bucket, such as "the best fifth"; '' where it is not known.
    loses: sentences on where it loses.
    """

    source: str
    idea: str
    figures: Mapping[str, float]
    rank: str
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What a sibling tried, and why it was refused."""

    idea: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All of one request. names: tickers and other words that must not reach the model."""

    operator: str
    parents: tuple[Portrait, ...]
    inspirations: tuple[Portrait, ...] = ()
    lessons: tuple[Refused, ...] = ()
    names: tuple[str, ...] = ()


@functools.cache
def version() -> str:
    """First 12 hexadecimal digits of the SHA-256 of all template files and the vocabulary."""
    digest = hashlib.sha256()
    for path in sorted(_TEXTS.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".md"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(vocabulary_text().encode())
    return digest.hexdigest()[:12]


@functools.cache
def system_text() -> str:
    """The common part: the contract with the vocabulary in it; the same bytes every time."""
    return _filled("contract", vocabulary=vocabulary_text())


def user_text(brief: Brief) -> str:
    """The part of one request: material as quoted data, then the task.

    ValueError where the operator is not known, where a parent is missing, where a figure is in
    dollars, and where one of the names stands in the text outside of code.
    """
    if brief.operator not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise ValueError(f'no instruction "{brief.operator}"; expected one of {known}')
    if not brief.parents and brief.operator != ALONE:
        raise ValueError(f"{brief.operator} works on a parent, found none")
    if found := name_in(_rendered(brief, outside_code), brief.names):
        message = f'the name "{found}" still stands in the prompt for {brief.operator}'
        raise ValueError(f"{message}; a template or a figure must not contain it")
    return _rendered(brief, lambda source: source)


@functools.cache
def vocabulary_text() -> str:
    """Every word that a genome may use, from the lists that the gate reads."""
    kinds = [_of_kind(kind) for kind in get_args(Kind)]
    return "\n\n".join([*kinds, _of_numpy(), _of_python(), _instead()])


def _rendered(brief: Brief, view: Callable[[str], str]) -> str:
    """The text of a request; view: what of a parent's source is looked at."""

    def portraits(title: str, each: Sequence[Portrait]) -> str:
        numbered = enumerate(each, start=1)
        told = [_portrait(f"{title} {n}", portrait, brief.names, view) for n, portrait in numbered]
        return "\n\n".join(told) or "None."

    return _filled(
        "request",
        parents=portraits("PARENT", brief.parents),
        inspirations=portraits("INSPIRATION", brief.inspirations),
        lessons="\n".join(_lesson(lesson, brief.names) for lesson in brief.lessons) or "None.",
        instruction=_filled(brief.operator),
    )


def _portrait(
    title: str, portrait: Portrait, names: tuple[str, ...], view: Callable[[str], str]
) -> str:
    return _filled(
        "portrait",
        title=title,
        idea=_quoted(portrait.idea, names, IDEA),
        figures=_figures(portrait.figures),
        rank=shown(portrait.rank, names, WORD) or "not known",
        loses="; ".join(_quoted(each, names, SENTENCE) for each in portrait.loses) or "not known",
        source=view(shown_source(portrait.source, names)),
    )


def _lesson(lesson: Refused, names: tuple[str, ...]) -> str:
    return _filled(
        "lesson",
        code=shown(lesson.code, names, WORD).replace("`", "'"),
        message=_quoted(lesson.message, names, MESSAGE),
        idea=_quoted(lesson.idea, names, IDEA),
    )


def _quoted(text: str, names: tuple[str, ...], longest: int) -> str:
    """In quotation marks that nothing within them ends."""
    return '"{}"'.format(shown(text, names, longest).replace('"', "'"))


def _figures(figures: Mapping[str, float]) -> str:
    if in_dollars := sorted(_DOLLARS & figures.keys()):
        name = in_dollars[0]
        raise ValueError(f'the figure "{name}" is in dollars; expected ratios and fractions only')
    told = [f"{name.replace('_', ' ')} {_figure(value)}" for name, value in figures.items()]
    return ", ".join(told) or "not known"


def _figure(value: float) -> str:
    """Three significant digits: 0.0123, 1.5, 1230."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:g}" if math.isfinite(rounded) else "undefined"


def _of_kind(kind: str) -> str:
    lines = [_entry_line(entry) for entry in vocabulary() if entry.kind == kind]
    return "\n".join([f"### `ta`, {kind}: {_KINDS[kind]}", "", *lines])


def _entry_line(entry: Entry) -> str:
    """As the listing of the vocabulary has it: memory for defaults, 20 where there is none."""
    windows = {a.name: a.default or 20 for a in entry.arguments if a.role == "window"}
    memory = str(entry.memory(**windows))
    if entry.sessions:
        memory += f" + {entry.sessions} session{'s' if entry.sessions > 1 else ''}"
    return f"- `ta.{entry.signature}` {entry.sentence} [{memory}]"


def _of_numpy() -> str:
    return _listed(
        "`np`",
        {
            "values": words.CONSTANTS,
            "element by element": words.ELEMENTWISE,
            "across symbols or over `ta.windows`, with `axis=1`": words.REDUCTIONS | words.ORDERED,
            "new arrays": words.MAKERS,
            "`np.fft.…`, over `ta.windows` with `axis=1`": words.FFT,
            "named arguments": words.KEYWORDS,
        },
    )


def _of_python() -> str:
    return _listed(
        "Python",
        {
            "methods of arrays": words.METHODS,
            "read of arrays": words.FIELDS,
            "builtins": words.BUILTINS,
            "types, as `dtype` and in `astype`": words.TYPES,
        },
    )


def _listed(title: str, lists: Mapping[str, frozenset[str]]) -> str:
    lines = [f"- {what}: {' '.join(sorted(listed))}" for what, listed in lists.items()]
    return "\n".join([f"### {title}", "", *lines])


def _instead() -> str:
    lines = [f"- `{name}`: {instead}" for name, instead in sorted(words.INSTEAD.items())]
    return "\n".join(["### Looked for by many and not there, with what to use instead", "", *lines])


def _filled(name: str, **values: str) -> str:
    return Template(_text(name)).substitute(values)


@functools.cache
def _text(name: str) -> str:
    return _TEXTS.joinpath(f"{name}.md").read_text(encoding="utf-8").rstrip("\n")
