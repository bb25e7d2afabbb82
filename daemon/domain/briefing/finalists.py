"""The night's best that were put to the tests of the ladder, and how far each of them came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from daemon.domain.briefing.proofs import Finalist
from daemon.domain.briefing.sealed import (
    annual_sharpe,
    bar_sentence,
    budget_sentence,
    looks_of,
    together_sentences,
)
from daemon.domain.briefing.wording import capitalised, counted, listed, plain, ratio, spelled
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.records import Event, Genome

_MINUS: Final = re.compile(r"(?<!\w)-(?=\d)")
_PROVEN: Final = "every check was passed"
_NOTHING_SEALED: Final = (
    "Nothing can be proven yet: no sessions are kept from the search to confirm a finalist on, as "
    "the history is too short for it or [evidence] keeps none."
)


def finalists_of(
    dossiers: Sequence[Dossier], untried: Sequence[Event], genomes: Mapping[str, Genome]
) -> tuple[Finalist, ...]:
    """Those that were tried, the proven first, then those that could not be.

    untried: events about finalists that could not be run; one may have been tried later.
    """
    tried = sorted((_tried(each) for each in dossiers), key=lambda one: not one.proven)
    known = {one.hash for one in tried}
    failed = {e.subject: e for e in untried if e.subject not in known and e.subject in genomes}
    return (*tried, *(_untried(genomes[key], event) for key, event in failed.items()))


def finalist_sentence(finalist: Finalist) -> str:
    """One finalist and what came of it."""
    return f"{finalist.name} ({finalist.hash[:12]}) is {outcome(finalist)}"


def outcome(finalist: Finalist) -> str:
    """What came of a finalist, as the end of a sentence that begins "it is"."""
    if not finalist.proven:
        return f"not proven: {finalist.words}."
    return " ".join(filter(None, (f"proven: {finalist.words}.", _look(finalist), finalist.budget)))


def finalists_words(finalists: Sequence[Finalist], dossiers: Sequence[Dossier]) -> tuple[str, ...]:
    """What is true of all of them; nothing where there is none."""
    if not finalists:
        return ()
    proven = sum(one.proven for one in finalists)
    passed = f"{spelled(proven) if proven else 'none'} passed all of them"
    were = "was" if len(finalists) == 1 else "were"
    count = capitalised(spelled(len(finalists)))
    put = f"{count} of the night’s best strategies {were} put to the tests of the ladder"
    words = [f"{put}; {passed}."]
    if any(each.document["sealed"]["seal"] is None for each in dossiers):
        words.append(_NOTHING_SEALED)
    looks = looks_of(dossiers)
    words += filter(None, (*together_sentences(looks), bar_sentence(looks)))
    if dossiers:
        words.append(
            "`nightshift graduations show ID` shows every check that was made; a finalist’s ID "
            "stands beside its name."
        )
    return tuple(words)


def proven_headline(finalists: Sequence[Finalist]) -> str:
    """Names what was proven this night; "" where nothing was."""
    proven = [one.name for one in finalists if one.proven]
    if not proven:
        return ""
    noun = "strategy is" if len(proven) == 1 else "strategies are"
    return f"{capitalised(spelled(len(proven)))} {noun} proven: {listed(proven)}"


def proven_sentences(finalists: Sequence[Finalist], simulated: bool) -> tuple[str, ...]:
    """What the owner is to know of each that was proven this night."""
    then = "It will be paper-traded once the shadow trader runs; there is nothing to approve yet."
    if simulated:
        then = "On made-up prices this only shows that the search works; nothing is to be approved."
    return tuple(
        f"{finalist_sentence(one)} {then} The evidence: `nightshift graduations show "
        f"{one.hash[:12]}`."
        for one in finalists
        if one.proven
    )


def _look(finalist: Finalist) -> str:
    if finalist.sealed_sessions is None:
        return ""
    return (
        f"Over {counted(finalist.sealed_sessions, 'sealed session')}, which the search never saw, "
        f"its Sharpe ratio was {ratio(finalist.sealed_sharpe)}."
    )


def _tried(dossier: Dossier) -> Finalist:
    document = dossier.document
    failed = [check["words"] for check in document["checks"] if not check["passed"]]
    look = document["sealed"]["look"]
    return Finalist(
        hash=dossier.genome,
        name=plain(document["genome"]["name"], 60),
        proven=dossier.taken,
        words=_told(_PROVEN if dossier.taken else failed[0]),
        sealed_sessions=None if look is None else len(look["session_returns"]),
        sealed_sharpe=None if look is None else annual_sharpe(look),
        budget=budget_sentence(look) if look is not None and dossier.taken else "",
    )


def _untried(genome: Genome, event: Event) -> Finalist:
    why = f"it could not be tried ({_told(event.detail['why'])})"
    return Finalist(genome.hash, plain(genome.name, 60), False, why)


def _told(words: str) -> str:
    """The words of a check as the briefing sets them: true minus signs, no break before %."""
    return _MINUS.sub("−", plain(words, 300).rstrip(".").replace("%", "\u00a0%"))
