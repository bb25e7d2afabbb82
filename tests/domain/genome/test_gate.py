"""The gate: what it lets through, what it refuses and with which code."""

from __future__ import annotations

import pytest

from daemon.domain.genome import gate
from tests.domain.genome.texts import codes, reason, rotate, signal

RETURN = "return np.where(x > ta.sma(x, 20), 1.0, 0.0)"

ESCAPES = {
    "frames of a generator": ("g = (1 for _ in [1])\nreturn g.gi_frame.f_back", "generator"),
    "format of a string": ('return "{0.__class__}".format(x)', "literal"),
    "format_map": ('return "{a}".format_map({"a": 1})', "literal"),
    "f-string": ('return f"{x}"', "f_string"),
    "printf": ('return "%s" % x', "string"),
    "exception object": ("try:\n    y = 1\nexcept Exception as e:\n    y = e.obj\nreturn y", "try"),
    "except star": ("try:\n    y = 1\nexcept* ValueError:\n    y = 2\nreturn y", "try"),
    "system exit": ("raise SystemExit", "raise"),
    "os through ctypeslib": ("return np.ctypeslib.os.system(1)", "attribute"),
    "ctypeslib as value": ("y = np.ctypeslib\nreturn y", "np_name"),
    "sys through f2py": ("y = np.f2py.sys\nreturn y", "attribute"),
    "class walk": ("return x.__class__.__mro__", "underscore"),
    "globals of a function": ("return np.where.__globals__", "underscore"),
    "getattr": ('return getattr(x, "data")', "call"),
    "hasattr": ('return hasattr(x, "data")', "call"),
    "eval": ('return eval("1")', "call"),
    "exec": ('return exec("1")', "call"),
    "open": ('return open("/etc/passwd")', "call"),
    "import function": ('return __import__("os")', "underscore"),
    "vars": ("return vars()", "call"),
    "type": ("return type(x)", "call"),
    "print": ("return print(x)", "call"),
    "attribute store": ("x.shape = (1, 2)\nreturn x", "store"),
    "augmented attribute store": ("x.shape += (1,)\nreturn x", "store"),
    "store into bars": ("bars.close = 1\nreturn x", "store"),
    "store into a parameter": ('p["n"] = 3\nreturn x', "store"),
    "raw memory": ("return np.frombuffer(x)", "np_name"),
    "strides": ("return np.lib.stride_tricks.as_strided(x, (9,), (8,))", "attribute"),
    "memory of an array": ("return x.data", "attribute"),
    "ctypes of an array": ("return x.ctypes", "attribute"),
    "base of an array": ("return x.base", "attribute"),
    "writing a file": ('return x.tofile("a")', "attribute"),
    "pickle of an array": ("return x.dumps()", "attribute"),
    "flags of an array": ("return x.flags", "attribute"),
    "view as object": ('return x.view("O")', "attribute"),
    "setflags": ("return x.setflags(1)", "attribute"),
    "load": ('return np.load("a")', "np_name"),
    "memmap": ('return np.memmap("a")', "np_name"),
    "errors as callbacks": ("return np.seterrcall(x)", "np_name"),
    "vectorize": ("return np.vectorize(x)", "np_name"),
    "einsum": ('return np.einsum("i,i", x, x)', "np_name"),
    "random": ("return np.random.rand(3)", "attribute"),
    "dtype by a string": ('return x.astype("O")', "string"),
    "dtype object": ("return np.zeros(3, dtype=object)", "dtype"),
    "object array": ("return np.array(x, dtype=np.object_)", "dtype"),
    "out argument": ("return np.add(x, x, out=x)", "keyword"),
    "out by place": ("return np.add(x, x, x)", "arguments"),
    "order argument": ('return np.array(x, order="F")', "keyword"),
    "sort key": ("return sorted(x, key=abs)", "keyword"),
    "accumulate": ("return np.maximum.accumulate(x)", "attribute"),
    "reduce": ("return np.add.reduce(x)", "attribute"),
    "numpy as value": ("y = np\nreturn y", "module_value"),
    "ta as value": ("return abs(ta)", "module_value"),
    "function as value": ("f = np.where\nreturn f", "function_value"),
    "builtin as value": ("f = abs\nreturn f", "function_value"),
    "method as value": ("f = x.sum\nreturn f", "function_value"),
    "call of a call": ("return np.where(1)(2)", "call"),
    "alias of numpy": ("np = 1\nreturn x", "reserved_name"),
    "alias in a loop": ("for ta in range(3):\n    y = 1\nreturn x", "reserved_name"),
    "alias in a comprehension": ("return [len for len in range(3)]", "reserved_name"),
    "alias by unpacking": ("bars, y = 1, 2\nreturn x", "reserved_name"),
    "alias by walrus": ("return (y := 1)", "walrus"),
    "alias by with": ("with x as y:\n    pass\nreturn x", "with"),
    "alias by match": ("match x:\n    case y:\n        pass\nreturn x", "match"),
    "alias by import": ("import os as x\nreturn x", "import"),
    "alias by global": ("global y\nreturn x", "global"),
    "underscore name": ("_y = 1\nreturn x", "underscore"),
    "underscore in a loop": ("for _ in range(3):\n    y = 1\nreturn x", "underscore"),
    "lambda": ("f = lambda: 1\nreturn x", "lambda"),
    "nested def": ("def g():\n    return 1\nreturn x", "nested_def"),
    "class": ("class A:\n    pass\nreturn x", "class"),
    "while": ("while True:\n    pass\nreturn x", "while"),
    "yield": ("yield x", "yield"),
    "delete": ("del x\nreturn 1", "del"),
    "assert": ("assert 1\nreturn x", "assert"),
    "set": ("return {1, 2}", "set"),
    "set comprehension": ("return {y for y in range(3)}", "set"),
    "dict comprehension": ("return {y: 1 for y in range(3)}", "dict_comprehension"),
    "star argument": ("return np.where(*x)", "star"),
    "double star": ("return np.where(**x)", "star"),
    "matrix product": ("return x @ x", "matrix_product"),
    "shift": ("return 1 << 30", "shift"),
    "identity": ("return x is x", "identity"),
    "membership": ("return 1 in x", "membership"),
    "annotation": ("y: int = 1\nreturn x", "annotation"),
    "huge exponent": ("return 9 ** 999999", "exponent"),
    "exponent by name": ("y = 9\nreturn 9 ** y", "exponent"),
    "tower": ("return 9 ** 9 ** 9", "exponent"),
    "huge integer": ("return 10000000000", "number"),
    "infinite literal": ("return 1e999", "number"),
    "complex": ("return 1j", "constant"),
    "bytes": ('return b"a"', "constant"),
    "none": ("return None", "constant"),
    "ellipsis": ("return x[...]", "constant"),
    "string value": ('y = "a"\nreturn x', "string"),
    "format as a key": ('d = {"%d": 1}\nreturn x', "string"),
    "attribute of a literal": ("return (1).real", "literal"),
    "forgotten value": ("ta.sma(x, 3)\nreturn x", "no_effect"),
    "empty return": ("return", "no_effect"),
    "unknown name": ("return y", "unknown_name"),
    "PARAMS itself": ("return PARAMS", "unknown_name"),
    "unknown indicator": ("return ta.smma(x, 5)", "ta_name"),
    "unknown field": ("return bars.closing", "attribute"),
    "unknown parameter": ('return x * p["m"]', "parameter"),
    "parameter by number": ("return x * p[0]", "parameter"),
    "method of p": ('return x * p.get("n", 3)', "call"),
    "bars whole": ("y = bars\nreturn x", "whole_object"),
    "bars into numpy": ("return np.array(bars)", "whole_object"),
    "indicator without window": ("return ta.sma(x)", "arguments"),
    "indicator with too much": ("return ta.sma(x, 3, 4)", "arguments"),
    "indicator across symbols": ("return ta.rank(x)", "panel_only"),
    "loop over a sum": ("for y in x + 1:\n    z = y\nreturn x", "loop"),
    "builtin with a name": ("return round(number=x)", "keyword"),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_what_is_not_listed_is_refused_with_its_code(name: str) -> None:
    body, code = ESCAPES[name]

    assert code in codes(signal(body))


TEXTS = {
    "import": ('"""I."""\nimport os\n' + "def signal(bars, p):\n    return 1", "import"),
    "decorator": ('"""I."""\n@staticmethod\ndef signal(bars, p):\n    return 1', "decorator"),
    "async def": ('"""I."""\nasync def signal(bars, p):\n    return 1', "async"),
    "statement": ('"""I."""\nprint(1)\ndef signal(bars, p):\n    return 1', "top_level"),
    "loop": (
        '"""I."""\nfor i in range(3):\n    pass\ndef signal(bars, p):\n    return 1',
        "top_level",
    ),
    "no entry": ('"""I."""\ndef other(bars, p):\n    return 1', "no_entry"),
    "two entries": (
        '"""I."""\ndef signal(bars, p):\n    return 1\ndef rotate(panel, p):\n    return 1',
        "two_entries",
    ),
    "twice": (
        '"""I."""\ndef signal(bars, p):\n    return 1\ndef signal(bars, p):\n    return 2',
        "function_twice",
    ),
    "arguments": ('"""I."""\ndef signal(b, params):\n    return 1', "entry_arguments"),
    "default": ('"""I."""\ndef signal(bars, p=[]):\n    return 1', "default"),
    "annotated": ('"""I."""\ndef signal(bars, p) -> float:\n    return 1', "annotation"),
    "annotated argument": ('"""I."""\ndef signal(bars: int, p):\n    return 1', "annotation"),
    "star": ('"""I."""\ndef signal(bars, p, *a):\n    return 1', "star"),
    "positional only": ('"""I."""\ndef signal(bars, p, /):\n    return 1', "star"),
    "hook by position": (
        '"""I."""\ndef f(np, /):\n    return 1\ndef signal(bars, p):\n    return f(1)',
        "reserved_name",
    ),
    "keyword only": ('"""I."""\ndef signal(bars, p, *, a=1):\n    return 1', "star"),
    "underscore argument": (
        '"""I."""\ndef f(_a):\n    return 1\ndef signal(bars, p):\n    return f(1)',
        "underscore",
    ),
    "function named np": (
        '"""I."""\ndef np(a):\n    return 1\ndef signal(bars, p):\n    return 1',
        "reserved_name",
    ),
    "recursion": (
        '"""I."""\ndef f(a):\n    return f(a)\ndef signal(bars, p):\n    return f(1)',
        "recursion",
    ),
    "mutual recursion": (
        '"""I."""\ndef f(a):\n    return g(a)\ndef g(a):\n    return f(a)\n'
        "def signal(bars, p):\n    return f(1)",
        "recursion",
    ),
    "own arguments": (
        '"""I."""\ndef f(a):\n    return a\ndef signal(bars, p):\n    return f(1, 2)',
        "arguments",
    ),
    "bars renamed": (
        '"""I."""\ndef f(b):\n    return b\ndef signal(bars, p):\n    return f(bars)',
        "whole_object",
    ),
    "bars made up": (
        '"""I."""\ndef f(bars):\n    return bars.close\ndef signal(bars, p):\n    return f(1)',
        "whole_object",
    ),
    "no idea": ("def signal(bars, p):\n    return 1", "no_idea"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_the_wrong_form_is_refused_with_its_code(name: str) -> None:
    text, code = TEXTS[name]

    assert code in codes(text)


ACCEPTED = {
    "a helper that is handed the bars": signal(
        "return edge(bars, p, 1.5)",
        more="def edge(bars, p, width):\n"
        '    return np.where(bars.close > width * ta.sma(bars.close, p["n"]), 1.0, 0.0)',
    ),
    "a default argument": signal(
        "return half(x > ta.sma(x, 9))", more="def half(y, size=0.5):\n    return y * size"
    ),
    "tuples and loops": signal(
        "total = np.zeros_like(x)\nfor n in (5, 10, 20):\n"
        "    total += np.sign(x - ta.sma(x, n))\nreturn total / 3"
    ),
    "a comprehension": signal(
        "parts = [ta.sma(x, n) for n in (5, 10)]\nreturn np.where(parts[0] > parts[1], 1.0, 0.0)"
    ),
    "a header constant": signal("return np.clip(LEVEL * ta.returns(x, 3), -1, 1)", "LEVEL = 0.5"),
    "a dictionary": signal('d = {"a": 1.0, "b": 0.5}\nreturn d["a"] * (x > ta.sma(x, 9))'),
    "array methods": signal("return (x > ta.sma(x, 9)).astype(float).clip(0, 1)"),
    "an if on a parameter": signal('y = 1.0\nif p["n"] > 10:\n    y = 0.5\nreturn y * (x > 3)'),
    "three bands unpacked": signal(
        'top, middle, low = ta.bbands(x, p["n"], p["k"])\n'
        "return np.where(x < low, 1.0, np.where(x > top, -1.0, 0.0))"
    ),
    "a stack": signal("return np.max(np.stack([x, ta.lag(x, 3)], axis=1), axis=1) > x * 1.0"),
    "writing by a mask": signal("y = np.zeros_like(x)\ny[x > ta.sma(x, 5)] = 1.0\nreturn y"),
    "blanking the warm-up": signal("y = np.ones_like(x)\ny[:20] = 0.0\nreturn y"),
    "windows": signal("return ta.windows(x, 5).mean(axis=1) > x"),
    "a spectrum of windows": signal(
        "f = np.abs(np.fft.rfft(ta.windows(x, 16), axis=1))\n"
        "return np.where(f[:, 1] > f[:, 2], 1.0, 0.0)"
    ),
    "a rotation": rotate("return ta.normalise_gross(ta.rank(ta.returns(x, 20)) > 0.5)"),
    "across symbols": rotate("return (x > x.mean(axis=1)[:, np.newaxis]) / x.shape[1]"),
    "named arguments": signal("return np.where(ta.rsi(x, n=3) < 20, 1.0, 0.0)"),
    "windows line ends": signal(RETURN).replace("\n", "\r\n"),
    "other letters in comments": signal("# größer\n" + RETURN),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_people_write_is_accepted(name: str) -> None:
    assert codes(ACCEPTED[name]) == set()


def test_the_genome_of_the_handbook_is_accepted_as_it_stands() -> None:
    gated = gate.check(
        '"""Buy short-term weakness while the long trend is up."""\n\n'
        'TIMEFRAME = "1d"\nWARMUP = 260\n'
        'PARAMS = {"rsi": 2, "trend": 200, "enter": 10.0}\n\n\n'
        "def signal(bars, p):\n"
        '    rising = bars.close > ta.sma(bars.close, p["trend"])\n'
        '    weak = ta.rsi(bars.close, p["rsi"]) < p["enter"]\n'
        "    return np.where(rising & weak, 1.0, 0.0)\n"
    )

    assert gated.manifest.idea == "Buy short-term weakness while the long trend is up."
    assert (gated.manifest.warmup, gated.memory) == (260, 200)
    assert gated.manifest.defaults() == {"rsi": 2, "trend": 200, "enter": 10.0}


def test_every_reason_is_given_in_the_order_of_the_lines() -> None:
    text = signal("y = open(1)\nz = np.roll(x, 1)\nreturn w")

    with pytest.raises(gate.GenomeRefused) as refused:
        gate.check(text)

    assert [r.code for r in refused.value.reasons] == ["call", "np_name", "unknown_name"]
    assert [r.line for r in refused.value.reasons] == sorted(r.line for r in refused.value.reasons)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return np.roll(x, 1)", "ta.lag"),
        ("return np.maximum.accumulate(x)", "ta.highest"),
        ("return np.diff(x)", "ta.momentum"),
        ("return np.random.rand(5)", "the attribute rand"),
        ("return ta.smaa(x, 5)", 'did you mean "sma"'),
        ("return bars.closes", 'did you mean "close"'),
        ('return p["nn"]', 'did you mean "n"'),
        ("return sma(x, 5)", "write ta.sma"),
        ("return where(x > 1, 1, 0)", "write np.where"),
        ("return x.rolling(5)", "ta.rolling_mean"),
        ("return ta.rsi(x, 5, 6)", "ta.rsi(x, n=14)"),
        ("return np.sum(x, axs=1)", 'did you mean "axis"'),
    ],
)
def test_a_refusal_says_what_to_write_instead(body: str, words: str) -> None:
    _, line, message = reason(signal(body))

    assert words in message
    assert line == 10


def test_reasons_are_bounded() -> None:
    with pytest.raises(gate.GenomeRefused) as refused:
        gate.check(signal("\n".join(f"y = q{k}" for k in range(150)) + "\nreturn x"))

    assert len(refused.value.reasons) == 40
