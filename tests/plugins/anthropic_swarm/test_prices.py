"""Prices: exact, rounded up, and never less than what the vendor will ask."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plugins.anthropic_swarm.prices import KNOWN, OVERHEAD, Price, counted
from plugins.anthropic_swarm.settings import AnthropicSettings

SONNET = KNOWN["claude-sonnet-5-5"]


def usage(**changes: Any) -> dict[str, Any]:
    return {
        "input_tokens": 1000,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": None,
        "output_tokens": 500,
        **changes,
    }


@pytest.mark.parametrize(
    ("found", "millionths"),
    [
        (usage(), 1000 + 2500),
        (usage(cache_read_input_tokens=10_000), 1000 + 500 + 2500),
        (usage(cache_creation_input_tokens=1000), 1000 + 2000 + 2500),
        (
            usage(
                cache_creation_input_tokens=1000,
                cache_creation={"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 0},
            ),
            1000 + 1250 + 2500,
        ),
        (usage(input_tokens=1, output_tokens=0), 1),
        (usage(input_tokens=0, output_tokens=0), 0),
    ],
)
def test_a_call_in_a_batch_costs_half_of_each_kind_of_token(
    found: dict[str, Any], millionths: int
) -> None:
    assert SONNET.of(counted(found)) == millionths


Tokens = st.integers(0, 40_000)


@given(plain=Tokens, written=Tokens, read=Tokens, output=Tokens, model=st.sampled_from([*KNOWN]))
def test_no_answer_within_its_bounds_costs_more_than_was_reserved(
    plain: int, written: int, read: int, output: int, model: str
) -> None:
    price: Price = KNOWN[model]
    found = usage(
        input_tokens=plain,
        cache_creation_input_tokens=written,
        cache_read_input_tokens=read,
        output_tokens=output,
    )

    assert price.of(counted(found)) <= price.most(plain + written + read - OVERHEAD, output)


def test_what_is_no_number_of_tokens_counts_as_none() -> None:
    assert counted({"input_tokens": None, "output_tokens": -3, "cache_creation": 7}) == {
        "input": 0,
        "write": 0,
        "write_hour": 0,
        "read": 0,
        "output": 0,
    }


def test_a_model_without_a_price_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match='no price is known of the model "claude-next"'):
        AnthropicSettings(model="claude-next")


def test_a_model_is_known_once_the_owner_states_its_price() -> None:
    stated = {"input": 1, "output": 2, "write": 1.25, "write_hour": 2, "read": 0.1}

    found = AnthropicSettings.model_validate(
        {"model": "claude-next", "prices": {"claude-next": stated}}
    )

    assert found.price.most(0, 1_000_000) == 1_000_000 + OVERHEAD
