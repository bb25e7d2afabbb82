"""What may reach a model: texts by strangers as one bounded line, without names, dates and dollars.

Whoever reads a ticker, a date or a price remembers what came after it, and a text by a stranger may
give orders. Of a genome's source the code stays as it is; its docstrings and comments are texts.
"""

from __future__ import annotations

import functools
import io
import itertools
import re
import string
import tokenize
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from daemon.domain.genome.source import MAX_BYTES
from daemon.domain.market.indicators.vocabulary import INDICATORS

ELLIPSIS: Final = "..."
DATE: Final = "(date)"
AMOUNT: Final = "(amount)"
DOCSTRING: Final = 300
COMMENT: Final = 160
LINE: Final = 400
SHORTEST_NAME: Final = 2
"""A single letter is a word of every text; names have at least two characters."""

_LOOKED_AT: Final = 8
"""Times the longest: what is read of a text before it is cleaned."""
_ANSI: Final = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?"
)
_FENCE: Final = re.compile(r"`{2,}|~{3,}")
_TAG: Final = re.compile(r"<(?=[A-Za-z/!?|])")
_MONTH: Final = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:199\d|20[0-3]\d)"
_COUNTED: Final = "bars?|bytes|characters|digits|literals|nodes|rows|steps|tree|values"
_DATES: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?"
    r"|(?<!\d)\d{1,4}([/.])\d{1,2}\1\d{2,4}(?!\d)"
    rf"|\b(?:{_DAY}\s+(?:of\s+)?)?{_MONTH}[\s.,/-]*(?:{_DAY}[\s.,]+)?(?:of\s+)?(?:{_YEAR}|'\d\d)\b"
    rf"|\b{_YEAR}[\s,/-]*{_MONTH}\b"
    rf"|\bq[1-4][\s/-]*{_YEAR}\b|\b{_YEAR}[\s/-]*q[1-4]\b"
    r"|(?<![\w.])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\w)"
    rf"|(?<![\w.])(?<!warmup )(?<!warmup = ){_YEAR}(?:s|[/-]\d{{2}})?"
    rf"(?!\w|\.\d|\s+(?:{_COUNTED})\b)",
    re.IGNORECASE,
)
_NUMBER: Final = r"(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
_SCALE: Final = r"(?:\s?(?:k|m|mn|bn|b|thousand|million|billion|trillion)\b)?"
_AMOUNTS: Final = re.compile(
    rf"(?:\bus)?[$€£¥]\s?-?{_NUMBER}{_SCALE}|\b(?:usd|eur)\s?-?{_NUMBER}{_SCALE}"
    rf"|(?<![\w.]){_NUMBER}{_SCALE}\s?(?:dollars?|usd|eur|cents)\b",
    re.IGNORECASE,
)
_WORDS: Final = """
    all am an and any are as at be best big bill can cash cost day do edge else fast flat for form
    free fun gap gas go gold good has he high hold home if in is it key life live long love low
    lower main man net new next now of oil on one open or out pay plan play post real run safe see
    short so sun the to top trade trend true turn two up us vs was we well
"""
_ORDINARY: Final = frozenset((*_WORDS.split(), *INDICATORS))
"""Words that are also tickers: replaced where they are written exactly as the name."""

_QUOTED: Final = re.compile(r"[A-Za-z]*(\"\"\"|'''|\"|')(.*)\1", re.DOTALL)
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}|\d{1,2}[a-z]")
_LAYOUT: Final = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
_TEXTS: Final = (tokenize.STRING, tokenize.COMMENT)
_WORDS_OF_CODE: Final = (tokenize.NAME, tokenize.NUMBER, tokenize.OP)
_KNOWN: Final = frozenset((*_LAYOUT, *_TEXTS, *_WORDS_OF_CODE, tokenize.NL, tokenize.ENDMARKER))


@dataclass(frozen=True, slots=True)
class Names:
    """Words that must not reach the model. pattern: any of them, in any case, as a whole word."""

    pattern: re.Pattern[str]
    labels: Mapping[str, str]
    folded: Mapping[str, str]

    def label(self, found: str) -> str:
        """Label of a word that the pattern found; '' for an ordinary word in another case."""
        low = found.lower()
        name = found if found in self.labels else self.folded.get(low, "")
        return "" if name != found and low in _ORDINARY else self.labels.get(name, "")


def cleaned(text: str, longest: int) -> str:
    """The text as one line of at most `longest` characters that no reader takes for anything else.

    Gone are escape sequences, characters that control or hide, fences and the opening of tags; a
    longer text ends before a word, with an ellipsis. Twice changes nothing.
    """
    room = _LOOKED_AT * longest
    line = "".join(map(_visible, _ANSI.sub("", text[:room])))
    line = " ".join(unicodedata.normalize("NFKC", line).split())
    line = _TAG.sub("‹", _FENCE.sub("'", line))
    if len(text) <= room and len(line) <= longest:
        return line
    kept = line[: longest - len(ELLIPSIS)].rpartition(" ")[0]
    return f"{kept} {ELLIPSIS}".lstrip()


def without_names(text: str, names: Sequence[str]) -> str:
    """The text with "symbol A" for the first of the names, "symbol B" for the second and so on.

    Whole words, also within quotes; in another case too, unless that is an ordinary word ("low").
    """
    held = _names(tuple(names))

    def replaced(match: re.Match[str]) -> str:
        label = held.label(match[0])
        return f"symbol {label}" if label else match[0]

    return held.pattern.sub(replaced, text)


def without_dates(text: str) -> str:
    """The text with "(date)" for days, months of a year, quarters and the years 1990 to 2039."""
    return _DATES.sub(DATE, text)


def without_levels(text: str) -> str:
    """The text with "(amount)" for amounts of money."""
    return _AMOUNTS.sub(AMOUNT, text)


def shown(text: str, names: Sequence[str], longest: int) -> str:
    """All of it for one text: cleaned, without names, dates and dollars, of bounded length."""
    line = without_names(cleaned(text, 4 * longest), names)
    return cleaned(without_levels(without_dates(line)), longest)


@functools.lru_cache(maxsize=64)
def shown_source(source: str, names: tuple[str, ...]) -> str:
    """A genome's text for a model: its code as it is, docstrings and comments as `shown`.

    Keys lose names only. What cannot be read as Python is a text, line by line. Remembered, for the
    few parents of a generation have many children.
    """
    kept = (sign for sign in source[:MAX_BYTES] if sign in "\n\t" or not _hidden(sign))
    text = "".join(kept).strip("\n")
    tokens = _tokens(text)
    if tokens is None:
        return "\n".join(_shown_line(line, names) for line in text.split("\n"))
    starts = [0, *itertools.accumulate(len(line) + 1 for line in text.split("\n"))]
    parts, at = [], 0
    for token, fresh in _with_statements(tokens):
        if token.type in _TEXTS:
            begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
            parts += [text[at:begin], _shown_token(token, fresh, names)]
            at = end
    return "".join([*parts, text[at:]])


@functools.lru_cache(maxsize=64)
def outside_code(source: str) -> str:
    """Strings and comments of a Python text, one a line; all of it where it cannot be read."""
    tokens = _tokens(source)
    if tokens is None:
        return source
    return "\n".join(token.string for token in tokens if token.type in _TEXTS)


def name_in(text: str, names: Sequence[str]) -> str:
    """A name that stands in a text as a whole word, as it is written; '' where none does."""
    held = _names(tuple(names))
    found = (match[0] for match in held.pattern.finditer(text))
    return next((word for word in found if word in held.labels), "")


@functools.lru_cache(maxsize=16)
def _names(names: tuple[str, ...]) -> Names:
    known = [name for name in dict.fromkeys(names) if name]
    labels = dict(zip(known, _labels(known), strict=False))
    words = [name for name in known if len(name) >= SHORTEST_NAME]
    longest_first = sorted(words, key=lambda name: (-len(name), name))
    either = "|".join(map(re.escape, longest_first)) or r"(?!)"
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return Names(pattern, labels, {name.lower(): name for name in reversed(known)})


def _labels(names: Sequence[str]) -> Iterator[str]:
    """A to Z, then A2 to Z2 and so on, without those that are names themselves."""
    for turn in itertools.count(1):
        for letter in string.ascii_uppercase:
            label = letter if turn == 1 else f"{letter}{turn}"
            if label not in names:
                yield label


def _renamed_key(key: str, names: Sequence[str]) -> str:
    """A key as it is but for the names in it, exactly as they are written; still a plain word."""
    held = _names(tuple(names))

    def replaced(match: re.Match[str]) -> str:
        label = held.labels.get(match[0])
        return f"symbol_{label.lower()}" if label else match[0]

    return held.pattern.sub(replaced, key)


def _visible(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if _hidden(sign) else sign


def _hidden(sign: str) -> bool:
    """What controls, directs, is half a character or none: the categories C of Unicode."""
    return unicodedata.category(sign).startswith("C")


def _tokens(text: str) -> list[tokenize.TokenInfo] | None:
    """The tokens, or None where the text is not Python."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return tokens if all(token.type in _KNOWN for token in tokens) else None


def _with_statements(
    tokens: Sequence[tokenize.TokenInfo],
) -> Iterator[tuple[tokenize.TokenInfo, bool]]:
    """Each token, and whether nothing but strings came before it in its statement."""
    fresh = True
    for token in tokens:
        yield token, fresh
        if token.type in _LAYOUT:
            fresh = True
        elif token.type in _WORDS_OF_CODE:
            fresh = False


def _shown_token(token: tokenize.TokenInfo, fresh: bool, names: Sequence[str]) -> str:
    if token.type == tokenize.COMMENT:
        return f"# {shown(token.string.lstrip('#'), names, COMMENT)}".rstrip()
    quoted = _QUOTED.fullmatch(token.string)
    inner = quoted[2] if quoted else token.string
    if not fresh and _KEY.fullmatch(inner):
        return _renamed_key(token.string, names)
    text = shown(inner, names, DOCSTRING).replace('"', "'").replace("\\", "/")
    return f'"""{text}"""'


def _shown_line(line: str, names: Sequence[str]) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * min(indent, LINE) + shown(line, names, LINE)
