"""Intake: what is refused before and right after the parser, and the identity of a text."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.genome import gate, source
from daemon.domain.genome.canonical import canonical_text
from daemon.domain.genome.source import genome_hash
from daemon.errors import GenomeRefused
from tests.domain.genome.texts import codes, reason, signal

PLAIN = signal("return np.where(x > ta.sma(x, 20), 1.0, 0.0)")

ONES = ", ".join("1" * 110)

CAPS = {
    "not UTF-8": (b'"""I."""\n\xff', "not_utf8"),
    "latin-1 by cookie": (b'# coding: latin-1\n"""Gr\xf6\xdfe."""\n', "not_utf8"),
    "lone surrogate": ('"""\ud800"""', "not_utf8"),
    "NUL": (PLAIN + "\0", "control_character"),
    "carriage return": (PLAIN + "# a\rb", "control_character"),
    "form feed": (PLAIN + "\f", "control_character"),
    "escape": (PLAIN + "# \x1b[2J", "control_character"),
    "direction of text": (PLAIN + "# \u202e", "hidden_character"),
    "byte order mark": ("\ufeff" + PLAIN, "non_ascii"),
    "Greek name": (signal("α = 1\nreturn x"), "non_ascii"),
    "look-alike name": (signal("return ｎp.pi"), "non_ascii"),
    "too long": ("#" * 300 + "\n" + ("#" * 99 + "\n") * 250, "too_long"),
    "long line": (PLAIN + "#" * 401, "line_too_long"),
    "deep brackets": (signal("return " + "(" * 41 + "1" + ")" * 41), "too_deep"),
    "deep brackets hidden by a string": (
        signal("y = '" + ")" * 50 + "'\nreturn " + "(" * 41 + "1" + ")" * 41),
        "too_deep",
    ),
    "deep brackets hidden by a string that goes on": (
        signal("y = 'a\\\nb' + " + "(" * 41 + "1" + ")" * 41 + " + ''\nreturn x"),
        "syntax",
    ),
    "deep blocks": (
        '"""I."""\ndef signal(bars, p):\n'
        + "".join(f"{' ' * (k + 1)}if 1:\n" for k in range(70))
        + f"{' ' * 72}return 1\n",
        "too_deep",
    ),
    "deep sum": (signal("return " + "+".join("1" * 90)), "too_deep"),
    "many nodes": (signal("y = x + x + x + x + x + x\n" * 400 + "return x"), "too_many_nodes"),
    "memorised table": (signal(f"y = [{ONES}]\nz = [{ONES}]\nreturn x"), "too_many_literals"),
    "bad syntax": (signal("return ("), "syntax"),
    "bad indent": ('"""I."""\n  x = 1\n y = 2', "syntax"),
    "unfinished string": (signal('return "'), "syntax"),
    "integer of many digits": (signal("return " + "9" * 350), "number"),
    "empty": ("", "no_idea"),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPS)
def test_a_text_beyond_the_caps_is_refused_with_its_code(name: str) -> None:
    text, code = CAPS[name]

    assert code in codes(text)


def test_the_line_of_a_wrong_character_is_named() -> None:
    code, line, message = reason("# a\n# b\n# c\x07\n")

    assert (code, line) == ("control_character", 3)
    assert "U+0007" in message


BOMBS = {
    "unary operators": "x = " + "\\\n".join(["-" * 380] * 50) + "1\n",
    "negations": "x = " + "\\\n".join(["not " * 90] * 50) + "1\n",
    "attributes": "x = a" + "\\\n".join([".b" * 190] * 50) + "\n",
    "subscripts": "x = a" + "\\\n".join(["[0]" * 120] * 50) + "\n",
    "sums": "x = 1" + "\\\n".join(["+1" * 190] * 50) + "\n",
    "powers": "x = 1" + "\\\n".join(["**1" * 120] * 50) + "\n",
    "comparisons": "x = 1" + "\\\n".join(["<1" * 190] * 50) + "\n",
    "conditions": "x = " + "\\\n".join(["1 if 1 else " * 30] * 55) + "1\n",
    "branches": "if 1:\n pass\n" + "elif 1:\n pass\n" * 1300,
    "lambdas": "x = " + "\\\n".join(["lambda:" * 55] * 50) + "1\n",
    "indents": "".join(f"{' ' * k}if 1:\n" for k in range(99)) + " " * 99 + "pass\n",
    "calls": "x = f" + "\\\n".join(["()" * 190] * 50) + "\n",
    "strings": 'x = "a" ' + "\\\n".join(['"b" ' * 90] * 50) + "\n",
    "walruses": "(" * 39 + "a:=" + "1" + ")" * 39,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_parser_bomb_is_refused(name: str) -> None:
    with pytest.raises(GenomeRefused):
        gate.check(BOMBS[name])


def test_parser_bombs_leave_the_process_alive() -> None:
    script = (
        "from tests.domain.genome.test_source import BOMBS\n"
        "from tests.domain.genome.texts import codes\n"
        "print(all(codes(text) for text in BOMBS.values()))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr[-500:]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_whatever_is_written_is_refused_and_never_a_crash(text: str | bytes) -> None:
    with pytest.raises(GenomeRefused):
        gate.check(text)


SPOKEN = """def signal(bars, p): return x = if else for in range ( ) [ ] { } : , . + - * ** @ /
    np.where ta.sma bars.close p["n"] 1 2.5 1e9 "a" lambda yield not and True None"""
WORDS = st.sampled_from([*SPOKEN.split(), "\n", "\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=25), st.booleans())
def test_words_of_the_language_in_any_order_are_never_a_crash(words: list[str], body: bool) -> None:
    text = " ".join(words)

    found = codes(signal(text.replace("\n", "\n    ")) if body else text)

    assert all(code.isidentifier() for code in found)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_damaged_genome_is_never_a_crash(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PLAIN)))
    stop = data.draw(st.integers(start, min(start + 30, len(PLAIN))))
    put = data.draw(st.text("()[]{}:=.,+-*x1n\n \"'#", max_size=12))

    found = codes(PLAIN[:start] + put + PLAIN[stop:])

    assert all(code.isidentifier() for code in found)


def test_layout_comments_and_docstrings_do_not_count() -> None:
    rewritten = (
        '"""Another sentence."""\n'
        'PARAMS = {\n    "k": 2.50,   # width\n    "n": (20, 5, 50),\n}\n'
        "def signal(bars, p):\n"
        '    """Says something."""\n'
        "    x = (bars.close)\n\n"
        "    return np.where(\n        x > ta.sma(x, 20),\n        1.0,\n        0.0,\n    )\n"
    )

    assert genome_hash(rewritten) == genome_hash(PLAIN)
    assert genome_hash(PLAIN.replace("\n", "\r\n")) == genome_hash(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [("20", "21"), ("1.0", "1"), ("x >", "x >="), ("sma", "ema"), ("2.5", "2.6")],
)
def test_another_meaning_is_another_genome(one: str, other: str) -> None:
    assert genome_hash(PLAIN.replace(one, other)) != genome_hash(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b * c", "(a + b) * c"),
        ("a - b - c", "a - (b - c)"),
        ("a ** b ** c", "(a ** b) ** c"),
        ("-a ** 2", "(-a) ** 2"),
        ("not a == b", "(not a) == b"),
        ("a if b else c", "c if b else a"),
        ("a < b < c", "(a < b) < c"),
        ("a[b, c]", "a[b][c]"),
        ("a[b:c]", "a[b, c]"),
        ("(a,)", "a"),
        ("f(a, b=c)", "f(a, c)"),
        ("a and b or c", "a and (b or c)"),
        ("[i for i in a if i]", "[i for i in a]"),
    ],
)
def test_canonical_text_keeps_apart_what_means_something_else(one: str, other: str) -> None:
    assert genome_hash(f"y = {one}") != genome_hash(f"y = {other}")


@pytest.mark.parametrize("name", ["moving_average_cross", "gap_fade", "dual_momentum"])
def test_canonical_text_is_a_genome_with_that_canonical_text(repository, name: str) -> None:
    text = (repository / "genomes" / "seeds" / f"{name}.py").read_text()

    once = canonical_text(source.parsed(text)[0])

    assert canonical_text(source.parsed(once)[0]) == once


def test_the_order_of_functions_and_header_does_not_count() -> None:
    parts = ["TIMEFRAME = '1d'", "LEVEL = 2.0", "def f(a):\n    return a"]
    parts.append("def signal(bars, p):\n    return f(1)")
    shuffled = random.Random(1).sample(parts, len(parts))

    assert genome_hash("\n".join(parts)) == genome_hash("\n".join(shuffled))


def test_the_hash_is_pinned() -> None:
    assert genome_hash("def signal(bars, p):\n    return 1.0\n") == (
        "6166e9314f63a3a451292beaa4da39258d8dda1b3701a67b3a50bc5bb8c79705"
    )
