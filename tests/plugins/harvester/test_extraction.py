"""The Python in an answer is found whatever is written around it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import GenomeRefused
from plugins.harvester.extraction import LONGEST, extract
from tests.plugins.breeding import trend

GENOME = trend(20)
OTHER = trend(50)
HELPER = '''"""Uses a function of its own."""

TIMEFRAME = "1d"  # a comment behind
# a comment between
PARAMS = {
    "n": 20,
}


def rising(bars, p):
    """A docstring
    over lines."""
    return bars.close > ta.sma(bars.close, p["n"])


def signal(bars, p):

    return np.where(rising(bars, p), 1.0, 0.0)
'''

SHAPES = {
    "bare": GENOME,
    "bare, no newline at the end": GENOME.strip(),
    "blank lines around": f"\n\n{GENOME}\n\n",
    "python fence": f"```python\n{GENOME}```",
    "fence without a language": f"```\n{GENOME}\n```",
    "tilde fence": f"~~~python\n{GENOME}~~~",
    "long fence": f"````py\n{GENOME}````\n",
    "prose around a fence": f"Here is the genome:\n\n```python\n{GENOME}```\n\nGood luck!",
    "fence that is never closed": f"Sure.\n```python\n{GENOME}",
    "fence in a list item": "1. Like so:\n   ```python\n"
    + "".join(f"   {line}\n" for line in GENOME.split("\n"))
    + "   ```\n",
    "another fence before": f"Run it:\n```sh\nls -l\n```\nThen\n```python\n{GENOME}```",
    "a draft before": f"First\n```python\n{OTHER}```\nbetter\n```python\n{GENOME}```",
    "prose before and after, no fence": f"The genome is this:\n\n{GENOME}\nIt buys strength.\n",
    "json field": json.dumps({"source": GENOME}),
    "json field among others": json.dumps({"idea": "buy", "score": 3, "code": GENOME}),
    "json in a list": json.dumps([{"type": "text", "text": f"```python\n{GENOME}```"}]),
    "json string": json.dumps(GENOME),
    "json in a fence in json": json.dumps({"answer": json.dumps({"code": GENOME})}),
    "message of an interface": json.dumps({"content": [{"text": f"So:\n```\n{GENOME}```"}]}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_genome_is_found_in_every_shape_of_answer(shape: str) -> None:
    assert extract(SHAPES[shape]) == GENOME


@pytest.mark.parametrize("wrap", ["{}", "```python\n{}```", "Look:\n\n{}\nThat is all."])
def test_helpers_comments_and_wrapped_headers_stay(wrap: str) -> None:
    assert extract(wrap.replace("{}", HELPER)) == HELPER


def test_the_genome_of_a_panel_is_found() -> None:
    source = GENOME.replace("signal(bars, p)", "rotate(panel, p)")

    assert extract(f"```python\n{source}```") == source


@pytest.mark.parametrize("answer", ["", "Sorry.", "```python\nx = 1\n```", '{"source": 3}', "{"])
def test_an_answer_without_a_genome_is_refused(answer: str) -> None:
    with pytest.raises(GenomeRefused) as refused:
        extract(answer)

    assert refused.value.reasons[0].code == "no_genome"


@pytest.mark.parametrize("sign", ["x", "é"])
def test_an_answer_above_64_kilobytes_is_refused(sign: str) -> None:
    with pytest.raises(GenomeRefused) as refused:
        extract(GENOME + "# " + sign * LONGEST)

    assert refused.value.reasons[0].code == "too_long"


def test_deeply_nested_json_is_no_trap() -> None:
    with pytest.raises(GenomeRefused):
        extract("[" * 30_000 + "]" * 30_000)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_stands_around_a_fence_the_answer_is_a_genome_or_a_refusal(
    before: str, after: str
) -> None:
    try:
        found = extract(f"{before}\n```python\n{GENOME}```\n{after}")
    except GenomeRefused:
        found = GENOME

    assert "def signal(" in found
