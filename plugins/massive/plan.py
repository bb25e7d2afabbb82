"""Which of the listed files the owner's plan includes.

The vendor lists every file to everybody and refuses those outside the plan: whole kinds, and days
before the plan's history begins. The border is found by asking for few files, not for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plugins.massive.listing import Listed, NotInPlan, NotPublished


def included(files: Sequence[Listed], looked_up: Callable[[Listed], object]) -> Sequence[Listed]:
    """The files from the first day of the plan's history on, none where it has no such kind.

    files: oldest first. Two questions where all are refused, one where none is. A file that is gone
    since it was listed tells nothing, the next one is asked about; reading it will fail alone.
    """

    def is_included(number: int) -> bool:
        for file in files[number:]:
            try:
                looked_up(file)
            except NotInPlan:
                return False
            except NotPublished:
                continue
            return True
        return True

    if not files or is_included(0):
        return files
    refused, known = 0, len(files) - 1
    if not is_included(known):
        return ()
    while known - refused > 1:
        middle = (refused + known) // 2
        if is_included(middle):
            known = middle
        else:
            refused = middle
    return files[known:]
