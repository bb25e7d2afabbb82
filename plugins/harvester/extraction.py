"""Takes the Python out of an answer: prose, fences, a JSON field, or the bare text.

Lines are looked at, nothing is parsed as Python here: that is the gate's, on what comes out.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from daemon.errors import GenomeRefused, Reason

LONGEST: Final = 64 * 1024
FIELDS: Final = ("source", "code", "python", "genome", "text", "content", "answer")
DEEPEST: Final = 4

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*([\w+.-]*)[^\n]*$")
_ENTRY = re.compile(r"^\s*def\s+(signal|rotate)\s*\(", re.MULTILINE)
_OPENING = re.compile(r'^("""|\'\'\'|[A-Z][A-Z0-9_]*\s*=|def\s+\w+\s*\()')
_HEADER = re.compile(r"^([A-Z][A-Z0-9_]*\s*=|def\s+\w+\s*\(|#|[)\]}])")


def extract(answer: str) -> str:
    """Source of the genome in an answer, ending in one newline.

    GenomeRefused with the code `too_long` above 64 KB, `no_genome` where no function `signal` or
    `rotate` is found.
    """
    if len(answer.encode("utf-8", errors="replace")) > LONGEST:
        message = f"the answer is too long, expected at most {LONGEST} bytes"
        raise GenomeRefused([Reason("too_long", 0, message)])
    found = [text for text in _candidates(answer, 0) if _ENTRY.search(text)]
    if not found:
        message = "no genome in the answer, expected a function signal(bars, p) or rotate(panel, p)"
        raise GenomeRefused([Reason("no_genome", 0, message)])
    return found[0].strip("\n") + "\n"


def _candidates(answer: str, depth: int) -> Iterator[str]:
    """Texts that may be the genome, the most explicit first; of several fences the last."""
    for text in _json_texts(answer, depth):
        yield from _candidates(text, depth + 1)
    yield from reversed(_fenced(answer))
    yield _bare(answer)


def _json_texts(answer: str, depth: int) -> list[str]:
    if depth >= DEEPEST or not answer.lstrip().startswith(("{", "[", '"')):
        return []
    try:
        return _strings(json.loads(answer), 0)
    except (ValueError, RecursionError):
        return []


def _strings(value: Any, depth: int) -> list[str]:
    """Strings of a JSON value, those of the customary fields first."""
    if isinstance(value, str):
        return [value]
    if depth >= DEEPEST or not isinstance(value, dict | list):
        return []
    if isinstance(value, list):
        return [text for inner in value for text in _strings(inner, depth + 1)]
    keys = [k for k in FIELDS if k in value] + [k for k in value if k not in FIELDS]
    return [text for key in keys for text in _strings(value[key], depth + 1)]


def _fenced(answer: str) -> list[str]:
    """Contents of the fences, in order; one that is never closed runs to the end."""
    blocks: list[list[str]] = []
    closing = ""
    for line in answer.split("\n"):
        fence = _FENCE.match(line)
        if not closing and fence:
            closing = fence.group(1)
            blocks.append([])
        elif closing and line.strip() == closing:
            closing = ""
        elif closing:
            blocks[-1].append(line)
    return [textwrap.dedent("\n".join(lines)) for lines in blocks]


def _bare(answer: str) -> str:
    """The text without prose before its first and after its last line that looks like a genome."""
    lines = answer.split("\n")
    start = next((k for k, line in enumerate(lines) if _OPENING.match(line)), 0)
    first_def = next((k for k, line in enumerate(lines) if line.startswith("def ")), len(lines))
    end = len(lines)
    for k in range(first_def + 1, len(lines)):
        line = lines[k]
        if line.strip() and not line[0].isspace() and not _HEADER.match(line):
            end = k
            break
    return "\n".join(lines[start:end])
