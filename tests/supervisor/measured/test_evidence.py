"""Sections of a document between their marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import BadDataError, MissingError
from daemon.supervisor.measured.evidence import Section, last_of_kind, with_section, write_section

TEXT = """# Page\r
Before: é.

<!-- tribunal seed=1: begin -->
old
<!-- tribunal seed=1: end -->
Between.
<!-- planted reversal z=9 seed=1: begin -->
<!-- planted reversal z=9 seed=1: end -->
After, without an end of line"""

PROSE = st.text(st.characters(codec="utf-8", exclude_characters="<")).map(lambda t: f"{t}\n")


@settings(max_examples=60, deadline=None)
@given(PROSE, PROSE, PROSE)
def test_nothing_outside_the_marks_changes_and_a_second_writing_changes_nothing(
    before: str, body: str, after: str
) -> None:
    begin, end = "<!-- kind a=1: begin -->", "<!-- kind a=1: end -->"
    section = Section("kind", "a=1", body)

    kept = body.strip("\n")

    once = with_section(f"{before}{begin}\nold\n{end}\n{after}", section)

    assert once == f"{before}{begin}\n\n{kept}\n\n{end}\n{after}"
    assert with_section(once, section) == once


def test_one_of_several_sections_is_replaced_in_the_file_byte_for_byte(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(TEXT.encode())

    write_section(page, Section("tribunal", "seed=1", "\n    new\n"))

    marks = "<!-- tribunal seed=1: begin -->\n{}\n<!-- tribunal seed=1: end -->"
    assert (
        page.read_bytes() == TEXT.replace(marks.format("old"), marks.format("\n    new\n")).encode()
    )


def test_another_seed_stands_behind_the_last_of_its_kind() -> None:
    second = Section("tribunal", "seed=2", "two")

    found = with_section(TEXT, second)

    place = "<!-- tribunal seed=1: end -->"
    assert found == TEXT.replace(place, f"{place}\n\n{second.text}")
    assert with_section(found, second) == found


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("<!-- tribunal seed=1: end -->\n", "", 7),
        ("<!-- tribunal seed=1: begin -->\n", "", 5),
        ("<!-- tribunal seed=1: end -->", "<!-- tribunal seed=2: end -->", 6),
        ("Between.", "<!-- tribunal seed=1: begin -->\n<!-- tribunal seed=1: end -->", 4),
        ("After, without an end of line", "<!-- tribunal seed=9: begin -->", 10),
    ],
)
def test_marks_that_do_not_pair_are_told_by_their_line(old: str, new: str, line: int) -> None:
    broken = TEXT.replace(old, new)

    with pytest.raises(BadDataError, match=f"in line {line} has no partner"):
        with_section(broken, Section("tribunal", "seed=1", "new"))


def test_a_document_without_the_kind_says_which_lines_it_needs() -> None:
    with pytest.raises(MissingError, match="<!-- walkforward NAME: begin -->"):
        last_of_kind(TEXT, "walkforward")


def test_the_evidence_page_has_a_place_for_each_measurement(repository: Path) -> None:
    page = (repository / "docs" / "evidence.md").read_text("utf-8")

    for kind in ("tribunal", "planted", "walkforward"):
        place = last_of_kind(page, kind)
        assert page[place.start : place.stop].count("\n    nightshift ") == 1
