"""Genome texts for the tests: a body put into a whole genome, and what the gate says about it."""

from __future__ import annotations

from daemon.domain.genome import gate
from daemon.errors import GenomeRefused


def signal(body: str, header: str = "", more: str = "") -> str:
    """A genome whose signal has this body; `x` is the close, `n` a parameter from 5 to 50."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return (
        f'"""An idea."""\n\nPARAMS = {{"n": (20, 5, 50), "k": 2.5}}\n{header}\n\n{more}\n\n'
        f"def signal(bars, p):\n    x = bars.close\n{lines}\n"
    )


def rotate(body: str, header: str = "") -> str:
    """A genome whose rotate has this body; `x` is the close."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return f'"""An idea."""\n{header}\n\ndef rotate(panel, p):\n    x = panel.close\n{lines}\n'


def codes(text: str | bytes) -> set[str]:
    """Codes of the gate's reasons; empty where it accepts."""
    try:
        gate.check(text)
    except GenomeRefused as refusal:
        found = refusal.reasons
    else:
        return set()
    assert found
    assert all(each.message for each in found)
    return {each.code for each in found}


def reason(text: str) -> tuple[str, int, str]:
    """Code, line and message of the only reason."""
    try:
        gate.check(text)
    except GenomeRefused as refusal:
        (only,) = refusal.reasons
        return only.code, only.line, only.message
    raise AssertionError("the gate accepts it")
