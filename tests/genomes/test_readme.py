"""The contract's page: its examples run, and it knows every code."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.genome import gate, manifest, program
from daemon.domain.genome import vocabulary as words
from daemon.domain.market.probe import probe
from daemon.errors import GenomeRefused

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "genomes" / "README.md").read_text()
BLOCK = re.compile(r"([^\n]*)\n+```python\n(.*?)```", re.DOTALL)
CODE = re.compile(r"Refused with `(\w+)`")
EXAMPLES = [(CODE.search(before), text) for before, text in BLOCK.findall(PAGE)]
ACCEPTED = [text for refused, text in EXAMPLES if refused is None]
REFUSED = [(refused[1], text) for refused, text in EXAMPLES if refused is not None]


def test_the_page_shows_both_kinds_of_examples() -> None:
    assert len(ACCEPTED) >= 5
    assert len(REFUSED) >= 5


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_example_runs_and_holds_positions(text: str) -> None:
    gated = gate.check(text)

    positions = program.load(gated).positions(probe(gated.manifest.timeframe), {})

    assert 0 < np.nanmean(np.abs(positions)) <= 1


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_an_example_is_refused_for_the_reason_it_names(code: str, text: str) -> None:
    with pytest.raises(GenomeRefused) as refused:
        gate.check(text)

    assert {reason.code for reason in refused.value.reasons} == {code}


def test_every_code_is_on_the_page_and_every_code_of_the_page_is_real() -> None:
    raised = re.compile(r'(?:refuse|_refused|Reason|Refusal)\(\s*(?:\w+, )?"(\w+)"')
    folder = REPOSITORY / "daemon" / "domain" / "genome"
    sources = "".join(path.read_text() for path in folder.glob("*.py"))
    found = set(raised.findall(sources)) | {code for code, _ in words.REFUSED.values()}
    table = PAGE.partition("## Reasons for a refusal")[2]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))))
    running = REPOSITORY / "daemon" / "sandbox"
    real = sources + "".join(path.read_text() for path in running.glob("*.py"))

    assert found - listed == set()
    assert {c for c in listed if f'"{c}"' not in real} == {"np_name", "ta_name"}


def test_everything_that_is_there_is_on_the_page() -> None:
    assert all(name in PAGE for name in words.BUILTINS | set(words.PANEL) | set(manifest.HEADER))
