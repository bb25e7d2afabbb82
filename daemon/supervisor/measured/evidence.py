"""Sections of a document that commands write, each between two marks, and nothing outside them.

    <!-- tribunal seed=1: begin -->
    <!-- tribunal seed=1: end -->

The first word is the kind: who writes it. The rest tells sections of one kind apart, so that
another seed stands beside the first and the same one takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daemon.errors import BadDataError, MissingError

_MARK: Final = re.compile(r"^<!-- (?P<kind>\w+) (?P<name>[^:\n]+): (?P<side>begin|end) -->$", re.M)


@dataclass(frozen=True, slots=True)
class Section:
    """kind: one word. name: no colon in it. body: Markdown without marks."""

    kind: str
    name: str
    body: str

    @property
    def text(self) -> str:
        """The body between its marks."""
        mark = f"<!-- {self.kind} {self.name}: "
        body = self.body.strip("\n")
        return f"{mark}begin -->\n\n{body}\n\n{mark}end -->"


def write_section(path: Path, section: Section) -> None:
    """Puts a section into a document of UTF-8 text; errors as in `with_section` and OSError."""
    path.write_bytes(with_section(read_document(path), section).encode())


def read_document(path: Path) -> str:
    """The text as it is, line ends included. MissingError where there is none."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(f"cannot read {path}: {error}; expected a document in UTF-8") from error


def with_section(text: str, section: Section) -> str:
    """The text with the section in its place; without one of that name, behind the last of its
    kind. Errors as in `last_of_kind`.
    """
    last = last_of_kind(text, section.kind)
    own = [place for place in _places(text) if (place.kind, place.name) == _key(section)]
    if own:
        return text[: own[0].start] + section.text + text[own[0].stop :]
    return f"{text[: last.stop]}\n\n{section.text}{text[last.stop :]}"


@dataclass(frozen=True, slots=True)
class Place:
    """A section as it stands in a text: characters start..stop-1, marks included."""

    kind: str
    name: str
    start: int
    stop: int


def last_of_kind(text: str, kind: str) -> Place:
    """The last section of a kind. MissingError where the document has none, BadDataError where
    its marks do not pair."""
    places = [place for place in _places(text) if place.kind == kind]
    if not places:
        raise MissingError(
            f"the document has no section of {kind}; expected the lines "
            f'"<!-- {kind} NAME: begin -->" and "<!-- {kind} NAME: end -->" where it is to stand'
        )
    return places[-1]


def _places(text: str) -> Iterator[Place]:
    marks = list(_MARK.finditer(text))
    keys = [(mark["kind"], mark["name"]) for mark in marks]
    for number, (mark, key) in enumerate(zip(marks, keys, strict=True)):
        opens = number % 2 == 0
        paired = opens or key == keys[number - 1]
        if (mark["side"] == "begin") != opens or not paired or keys.count(key) > 2:
            raise _unpaired(mark)
        if not opens:
            yield Place(*key, marks[number - 1].start(), mark.end())
    if len(marks) % 2:
        raise _unpaired(marks[-1])


def _unpaired(mark: re.Match[str]) -> BadDataError:
    line = mark.string.count("\n", 0, mark.start()) + 1
    return BadDataError(
        f'the mark "{mark[0]}" in line {line} has no partner; expected each section once, from '
        "its begin to its end, mend the document by hand"
    )


def _key(section: Section) -> tuple[str, str]:
    return section.kind, section.name
