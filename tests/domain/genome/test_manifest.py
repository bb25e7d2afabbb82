"""The header: what it may say, and how a wrong line is answered."""

from __future__ import annotations

import pytest

from daemon.domain.genome import gate
from daemon.domain.genome.contract import Exits, Parameter
from tests.domain.genome.texts import codes, reason, signal

BODY = "return x * 0.0"


def test_a_full_header_is_read() -> None:
    text = (
        '"""Idea one. And more\nwords."""\n'
        'TIMEFRAME = "15m"\nWARMUP = 120\nUNIVERSE = "leveraged"\nCONTEXT = ("vix",)\n'
        'PARAMS = {"n": (20, 5, 50), "kind": (1, [1, 2, 3]), "size": 0.5, "low": (-0.1, -0.5, 0)}\n'
        'EXITS = {"stop_atr": 2, "atr": 10, "max_bars": 30, "session_end": True}\n'
        "def signal(bars, p):\n    return 0.0\n"
    )

    manifest = gate.check(text).manifest

    assert manifest.idea == "Idea one."
    assert (manifest.kind, manifest.timeframe, manifest.warmup) == ("signal", "15m", 120)
    assert (manifest.universe, manifest.context) == ("leveraged", ("vix",))
    assert manifest.params == (
        Parameter("n", 20, 5, 50),
        Parameter("kind", 1, choices=(1, 2, 3)),
        Parameter("size", 0.5),
        Parameter("low", -0.1, -0.5, 0),
    )
    assert manifest.exits == Exits(stop_atr=2.0, atr=10, max_bars=30, session_end=True)
    assert isinstance(manifest.exits.stop_atr, float)
    assert isinstance(manifest.defaults()["n"], int)


def test_without_a_header_there_are_defaults() -> None:
    manifest = gate.check('"""I."""\ndef rotate(panel, p):\n    return 0.0').manifest

    assert (manifest.kind, manifest.timeframe, manifest.warmup) == ("rotate", "1d", 1)
    assert (manifest.params, manifest.universe, manifest.exits) == ((), "", Exits())


WRONG = {
    'TIMEFRAME = "2d"': ("header_value", "TIMEFRAME '2d'"),
    'TIMEFRAME = "1D"': ("header_value", "TIMEFRAME '1D'"),
    "TIMEFRAME = 1": ("header_value", 'did you mean "1m"'),
    "WARMUP = 0": ("header_value", "from 1 to 5000"),
    "WARMUP = 5001": ("header_value", "from 1 to 5000"),
    "WARMUP = 50.0": ("header_value", "whole number"),
    "WARMUP = True": ("header_value", "whole number"),
    'UNIVERSE = "SPY"': ("header_value", "names a list"),
    'UNIVERSE = ["spy", "qqq"]': ("header_value", "names a list"),
    'CONTEXT = "vix"': ("header_value", "lists names"),
    'EXITS = {"stop": 2.0}': ("header_value", "no 'stop'"),
    'EXITS = {"stop_art": 2.0}': ("header_value", 'did you mean "stop_atr"'),
    'EXITS = {"stop_atr": -1}': ("header_value", "0 to 1000"),
    'EXITS = {"stop_atr": True}': ("header_value", "0 to 1000"),
    'EXITS = {"max_bars": 2.5}': ("header_value", "whole number"),
    'EXITS = {"atr": 0}': ("header_value", "from 1 to"),
    'EXITS = {"session_end": 1}': ("header_value", "True or False"),
    "EXITS = 2": ("header_value", "dictionary"),
    "WARM_UP = {}": ("header_unknown", 'did you mean "WARMUP"'),
    'NAME = "x"': ("header_unknown", "neither a header name"),
    "warmup = 3": ("header_unknown", 'did you mean "WARMUP"'),
    "_X = 3": ("header_unknown", "no header name"),
    "WARMUP = 5 + 6": ("header_not_literal", "has to be a literal"),
    "WARMUP = open(1)": ("header_not_literal", "has to be a literal"),
    "LEVEL = [x for x in (1, 2)]": ("header_not_literal", "has to be a literal"),
    "A = B = 2": ("header_form", "one name one value"),
    "A, B = 1, 2": ("header_form", "one name one value"),
    "WARMUP = 5\nWARMUP = 6": ("header_twice", "given twice"),
    "LEVEL = 1e999": ("header_unknown", "neither a header name"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_header_line_is_refused_with_its_line(line: str) -> None:
    code, words = WRONG[line]

    found, number, message = reason(signal(BODY, line))

    assert found == code
    assert words in message
    assert number == 4 + line.count("\n")


@pytest.mark.parametrize(
    "value",
    [
        "3",
        "{3: 1}",
        '{"a b": 1}',
        '{"_a": 1}',
        '{"a": "b"}',
        '{"a": True}',
        '{"a": (5, 10)}',
        '{"a": (5, 10, 20)}',
        '{"a": (5, [6, 7])}',
        '{"a": (5, [])}',
        '{"a": (1, 2, 3, 4)}',
        '{"a": None}',
        '{"a": 1, "a": 2}',
        "{" + ", ".join(f'"a{k}": 1' for k in range(25)) + "}",
    ],
)
def test_wrong_parameters_are_refused(value: str) -> None:
    assert codes(f'"""I."""\nPARAMS = {value}\ndef signal(bars, p):\n    return 0.0') == {"params"}


def test_an_unknown_override_is_a_key_error_with_its_name() -> None:
    manifest = gate.check(signal(BODY)).manifest

    assert manifest.bound({"n": 30}) == {"n": 30, "k": 2.5}
    with pytest.raises(KeyError, match="m"):
        manifest.bound({"m": 1})
