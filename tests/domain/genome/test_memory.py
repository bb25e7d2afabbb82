"""The memory of a genome: worked out, filled in, or asked for."""

from __future__ import annotations

import pytest

from daemon.domain.genome import budget, gate
from tests.domain.genome.texts import codes, reason, rotate, signal

LAGS = {
    "nothing": ("return 0.5", 1),
    "this bar": ("return x > bars.open", 1),
    "one window": ("return x > ta.sma(x, 30)", 30),
    "highest value of a parameter": ('return x > ta.sma(x, p["n"])', 50),
    "a window inside a window": ("return ta.sma(ta.sma(x, 30), 11) > 0", 40),
    "the longer of two": ("return ta.sma(x, 30) > ta.sma(x, 11)", 30),
    "through names": ("y = ta.lag(x, 10)\nz = ta.lag(y, 5)\nreturn z > x", 16),
    "arithmetic with parameters": ('return x > ta.sma(x, 2 * p["n"] - 1)', 99),
    "whole quotient": ('return x > ta.sma(x, p["n"] // 2)', 25),
    "rounded": ("return x > ta.sma(x, int(25 * 1.5))", 37),
    "largest of two": ('return x > ta.sma(x, max(p["n"], 70))', 70),
    "named window": ("return ta.rsi(x, n=2) > 5", 43),
    "default window": ("return ta.stoch(bars.high, bars.low, x) > 5", 14),
    "exponential": ("return x > ta.ema(x, 200)", 1973),
    "slices": ("y = np.zeros_like(x)\ny[5:] = x[5:] - x[:-5]\nreturn y", 6),
    "concatenated": ("y = np.concatenate([np.zeros(3), x[:-3]])\nreturn y > x", 4),
    "loop over a tuple": (
        "y = np.zeros_like(x)\nfor n in (5, 60, 20):\n    y += ta.sma(x, n)\nreturn y",
        60,
    ),
    "loop over a range": (
        "y = np.zeros_like(x)\nfor n in range(2, 40):\n    y += ta.sma(x, n)\nreturn y",
        39,
    ),
    "repeated in a loop": ("y = x * 1.0\nfor k in range(3):\n    y = ta.lag(y, 10)\nreturn y", 31),
    "comprehension": ("parts = [ta.sma(x, n) for n in (5, 9)]\nreturn parts[0] > parts[1]", 9),
    "branches": ('y = x\nif p["k"] > 2:\n    y = ta.sma(x, 77)\nreturn y > x', 77),
    "choice": ('return (ta.sma(x, 9) if p["k"] > 2 else ta.sma(x, 12)) > x', 12),
    "tuple of results": ("a, b, c = ta.bbands(x, 25)\nreturn a > x", 25),
    "condition in time": ("return ta.within(ta.sma(x, 20) > x, 6)", 25),
    "blank of the first bars": ("y = np.ones_like(x)\ny[:80] = 0.0\nreturn y", 81),
    "mask": ("y = np.ones_like(x)\ny[ta.lag(x, 4) > x] = 0.0\nreturn y", 5),
    "a guard on the number of bars": (
        "if len(x) < 60:\n    return np.zeros(len(x))\nreturn x > 9",
        61,
    ),
    "a guard with a parameter": ('n = len(x)\nif n <= p["n"]:\n    return 0.0\nreturn x > 9', 51),
    "as many as there are": ("y = np.full(len(x), 0.5)\nz = np.zeros(x.shape)\nreturn y + z", 1),
    "windows": ("return ta.windows(x, 12).max(axis=1) > x", 12),
}


@pytest.mark.parametrize("name", LAGS)
def test_the_memory_is_added_up_along_the_expressions(name: str) -> None:
    body, warmup = LAGS[name]

    gated = gate.check(signal(body))

    assert gated.manifest.warmup == gated.memory == warmup


def test_memory_goes_through_own_functions() -> None:
    more = (
        "def level(bars, n, extra=3):\n    return ta.lag(ta.sma(bars.close, n), extra)\n\n\n"
        "def twice(bars, p):\n    return level(bars, p['n']) + level(bars, 10, extra=100)"
    )

    assert gate.check(signal("return twice(bars, p) > x", more=more)).memory == 110


@pytest.mark.parametrize(
    ("timeframe", "bars"), [("1d", 1), ("1h", 7), ("30m", 13), ("15m", 26), ("5m", 78), ("1m", 390)]
)
def test_an_anchored_function_reaches_back_a_session(timeframe: str, bars: int) -> None:
    header = f'TIMEFRAME = "{timeframe}"'
    body = "return x > ta.session_high(bars.high, bars.session)"
    before = "return x > ta.previous_high(bars.high, bars.session)"

    assert gate.check(signal(body, header)).memory == bars + 1
    assert gate.check(signal(before, header)).memory == 2 * bars + 1


def test_across_symbols_nothing_looks_back() -> None:
    assert gate.check(rotate("return ta.rank(ta.returns(x, 20)) / 50")).memory == 21
    assert gate.check(rotate("return x / x.sum(axis=1)[:, np.newaxis]")).memory == 1
    assert gate.check(rotate("return np.sort(x, axis=1) / 1e9")).memory == 1


WHOLE = {
    "mean": ("return x > x.mean()", "whole_sample"),
    "np.mean": ("return x > np.mean(x)", "whole_sample"),
    "quantile": ("return x > np.quantile(x, 0.5)", "whole_sample"),
    "std of returns": ("return ta.returns(x) / np.nanstd(ta.returns(x))", "whole_sample"),
    "builtin max": ("return x / max(x)", "whole_sample"),
    "builtin sum": ("return x / sum(x)", "whole_sample"),
    "sort": ("return np.sort(x)", "whole_sample"),
    "argsort": ("return x.argsort()", "whole_sample"),
    "spectrum": ("return np.abs(np.fft.fft(x))", "whole_sample"),
    "running sum": ("return np.cumsum(x)", "unanchored"),
    "running product": ("return (1 + ta.returns(x)).cumprod()", "unanchored"),
    "argmax": ("return x > x[np.argmax(x)]", "whole_sample"),
    "axis 0": ("return x > np.max(np.stack([x, x], axis=1), axis=0)", "whole_sample"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_runs_over_the_whole_sample_is_refused(name: str) -> None:
    body, code = WHOLE[name]

    assert codes(signal(body)) == {code}
    assert codes(signal(body, "WARMUP = 500")) == {code}


def test_a_mean_over_time_of_a_panel_is_refused() -> None:
    assert codes(rotate("return x / x.mean(axis=0)")) == {"whole_sample"}
    assert codes(rotate("return x / x.T.mean(axis=-1)")) == {"whole_sample"}


UNKNOWN = {
    "bar by its number": (
        "y = np.zeros(len(x))\nfor t in range(1, len(x)):\n    y[t] = x[t - 1]\nreturn y"
    ),
    "first bar": "return x > x[0]",
    "last bar": "return x > x[-1]",
    "picked by a mask": "return x > x[x > 3].mean()",
    "window from the data": "return ta.sma(x, int(len(x) / 10)) > x",
    "number of bars": "return x * 0 + len(x)",
    "position from the start": "return np.arange(len(x)) > 30",
    "carried on": "y = x * 1.0\nfor v in x:\n    y = ta.lag(y, 1)\nreturn y",
    "rearranged": "return x.reshape(2, 5).max(axis=1)",
    "every other bar": "return x[::2]",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_where_the_memory_cannot_be_worked_out_the_header_has_to_say_it(name: str) -> None:
    body = UNKNOWN[name]

    assert codes(signal(body)) == {"warmup_unknown"}
    gated = gate.check(signal(body, "WARMUP = 300"))
    assert (gated.manifest.warmup, gated.memory) == (300, 0)


def test_the_place_where_the_memory_is_lost_is_named() -> None:
    code, line, message = reason(signal("y = ta.sma(x, 9)\nreturn x > y[3]"))

    assert (code, line) == ("warmup_unknown", 11)
    assert "reads a bar by its number" in message


def test_a_warmup_that_is_too_short_is_refused_with_the_number_it_needs() -> None:
    body = "return x > ta.ema(x, 200)"

    code, line, message = reason(signal(body, "WARMUP = 1900"))

    assert (code, line) == ("warmup_short", 4)
    assert "1973 bars" in message
    assert codes(signal(body, "WARMUP = 1973")) == set()


def test_a_memory_beyond_the_cap_is_refused() -> None:
    assert codes(signal("return ta.ema(ta.ema(x, 300), 300)")) == {"warmup_long"}
    assert codes(signal("return ta.lag(ta.lag(x, 3000), 3000)")) == {"warmup_long"}


@pytest.mark.parametrize("window", ["0", "1", "-5", "6000", "2.5", '1 - p["n"]', 'p["k"]'])
def test_a_window_that_no_indicator_takes_is_refused(window: str) -> None:
    assert codes(signal(f"return ta.sma(x, {window}) > x")) == {"window"}


def test_functions_that_fan_out_are_followed_once() -> None:
    more = "def f0(a):\n    return ta.lag(a, 1)\n\n" + "\n\n".join(
        f"def f{k}(a):\n    return f{k - 1}(a) + f{k - 1}(a)" for k in range(1, 19)
    )

    assert gate.check(signal("return f18(x)", more=more)).memory == 2


LABOUR = {
    "squares": "y = 3\nfor k in range(1000):\n    y = y * y\nreturn x * 0.0",
    "doubled tuples": "y = (1, 2)\nfor k in range(1000):\n    y = (y, y)\nreturn x * 0.0",
    "doubled tuples line by line": "y = (1, 2)\n" + "y = (y, y)\n" * 300 + "return x * 0.0",
    "nested loops": "\n".join(f"{' ' * k}for i{k} in x:" for k in range(20))
    + f"\n{' ' * 20}x = ta.lag(x, 1)\nreturn x",
    "wide tuples": "a = (" + "x, " * 60 + ")\nb = (" + "a, " * 60 + ")\n" + "c = (b, b, b)\n" * 300
    + "return x",
    "long chain of functions": "return x" + " + x" * 50,
}  # fmt: skip


@pytest.mark.parametrize("name", LABOUR)
@pytest.mark.timeout(10)
def test_no_genome_makes_the_gate_labour(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_LISTED", 10_000)
    monkeypatch.setattr(budget, "LONGEST_LIST", 10_000)

    assert codes(signal(LABOUR[name])) <= {"warmup_unknown"}


@pytest.mark.parametrize("depth", [25, 250])
def test_functions_that_call_one_another_too_deep_are_refused(depth: int) -> None:
    more = "def f0(a):\n    return a\n\n" + "\n\n".join(
        f"def f{k}(a):\n    return f{k - 1}(a)" for k in range(1, depth)
    )

    assert "too_complex" in codes(signal(f"return f{depth - 1}(x)", more=more))


def test_functions_nested_in_arguments_never_exhaust_the_stack() -> None:
    inner = "a"
    for _ in range(19):
        inner = f"(-abs({inner}))"
    more = "def f0(a):\n    return a\n\n" + "\n\n".join(
        f"def f{k}(a):\n    return {inner.replace('a)', f'f{k - 1}(a))', 1)}" for k in range(1, 20)
    )

    assert codes(signal("return f19(x)", more=more)) <= {"too_complex", "call"}
