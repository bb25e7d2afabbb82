"""Every code that a briefing can meet has words of its own."""

from __future__ import annotations

import pytest

from daemon.domain.briefing.names import refusal_name
from daemon.domain.evolution.fitness import FitnessRefusal


@pytest.mark.parametrize("refusal", FitnessRefusal)
def test_every_refusal_is_told_in_words_of_its_own(refusal: FitnessRefusal) -> None:
    assert refusal_name(refusal.value) != refusal.value.replace("_", " ")
