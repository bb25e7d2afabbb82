"""Programs: what a genome finds, what it may answer, and what is remembered between runs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.genome import gate, program
from daemon.domain.genome.namespace import BUILTINS, NUMPY, bars_of, panel_of
from daemon.domain.genome.program import Program
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import GenomeRefused
from tests.domain.genome.markets import market
from tests.domain.genome.texts import rotate, signal

MARKET = market()


def loaded(text: str) -> Program:
    return program.load(gate.check(text))


def positions(text: str, **params: float) -> np.ndarray:
    return loaded(text).positions(MARKET, params)


def refusal(text: str) -> tuple[str, int, str]:
    with pytest.raises(GenomeRefused) as refused:
        positions(text)
    (only,) = refused.value.reasons
    return only.code, only.line, only.message


def test_a_signal_runs_on_each_symbol() -> None:
    found = positions(signal('return np.where(x > ta.sma(x, p["n"]), 1.0, -0.5)'), n=30)

    average = INDICATORS["sma"].call(MARKET.close, 30)
    np.testing.assert_array_equal(found, np.where(MARKET.close > average, 1.0, -0.5))
    assert found.dtype == np.float64
    assert found.flags.f_contiguous


def test_a_rotation_runs_once_on_all_symbols() -> None:
    found = positions(rotate("return ta.normalise_gross(ta.top_n(x, 1) * 1.0)"))

    assert found.shape == MARKET.shape
    np.testing.assert_array_equal(found.argmax(axis=1), MARKET.close.argmax(axis=1))


def test_a_rotation_sees_names_sessions_and_minutes() -> None:
    body = (
        'd = {"n": len(panel.symbols)}\n'
        "clock = (panel.session + panel.minute)[:, np.newaxis]\n"
        'return clock * x * 0 + d["n"] / 10'
    )

    np.testing.assert_allclose(positions(rotate(body)), 0.3)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("return 1", 1.0),
        ("return True", 1.0),
        ("return -0.25", -0.25),
        ("return x > 0", 1.0),
        ("return (x > 0).astype(int)", 1.0),
        ("return np.ones(1)", 1.0),
        ("return np.sign(2)", 1.0),
    ],
)
def test_numbers_and_flags_count_as_positions(body: str, value: float) -> None:
    np.testing.assert_array_equal(positions(signal(body)), np.full(MARKET.shape, value))


@pytest.mark.parametrize(
    "body",
    [
        "return x[5:]",
        "return np.zeros((3, 3))",
        "return x[:, np.newaxis] + x",
        "return [1, 2]",
        'return {"a": 1}',
        "return (1, 2)",
        "return range(3)",
        "return np.fft.fft(ta.windows(x, 4), axis=1)[:, 0]",
        "y = 1",
    ],
)
def test_another_answer_breaks_the_contract(body: str) -> None:
    assert refusal(signal(body, "WARMUP = 10"))[0] == "contract"


def test_whole_parameters_stay_whole() -> None:
    body = 'y = 1.0 / p["n"] * (p["n"] // 2)\nreturn np.zeros(len(x), dtype=float) + y / 10'

    np.testing.assert_allclose(positions(signal(body), n=5), 0.04)


def test_a_run_does_not_change_the_parameters_of_the_next() -> None:
    genome = loaded(signal('return x * 0 + p["k"] / 10'))

    first = genome.positions(MARKET, {"k": 5.0})
    second = genome.positions(MARKET, {})

    assert (first[0, 0], second[0, 0]) == (0.5, 0.25)


def test_an_unknown_parameter_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="m"):
        positions(signal("return 0.0"), m=3)


@pytest.mark.parametrize("made", ["x", "ta.sma(x, 5)", "ta.bbands(x, 5)[0]", "bars.volume"])
def test_arrays_of_bars_and_ta_cannot_be_changed(made: str) -> None:
    code, line, message = refusal(signal(f"y = {made}\ny[:3] = 0.0\nreturn y"))

    assert (code, line) == ("read_only", 11)
    assert "x.copy()" in message


def test_a_copy_can_be_changed() -> None:
    found = positions(signal("y = ta.sma(x, 5).copy()\ny[:6] = 0.0\nreturn y > 0"))

    assert not found[:6].any()
    assert found[6:].all()


def test_a_wrong_argument_is_named_with_its_line() -> None:
    code, line, message = refusal(signal("return ta.atr(bars.high, bars.low, 3.0, 5)"))

    assert (code, line) == ("argument", 10)
    assert "ta.atr needs close of shape" in message


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return x + np.zeros(3)", ValueError),
        ("return 1 / int(0 * len(x))", ZeroDivisionError),
        ("y = [1, 2]\nreturn y[len(x)]", IndexError),
        ('if p["k"] > 9:\n    y = 1\nreturn y', UnboundLocalError),
    ],
)
def test_what_a_genome_raises_passes_through_with_its_line(body: str, error: type) -> None:
    with pytest.raises(error) as raised:
        positions(signal(body, "WARMUP = 10"))

    lines = [t.lineno for t in raised.traceback if str(t.path).endswith("<genome>")]
    assert lines


def test_numeric_warnings_are_not_raised() -> None:
    body = (
        "y = np.log(x - x) / (x - x)\n"
        "z = np.nanmean(ta.windows(x, 5) * np.nan, axis=1)\n"
        "return np.nan_to_num(y * z)"
    )

    assert np.isfinite(positions(signal(body))).all()


def test_the_namespace_holds_functions_and_numbers_and_no_module() -> None:
    banned = """load save savez savetxt loadtxt genfromtxt fromfile fromregex fromstring frombuffer
        memmap lib ctypeslib f2py testing core _core rec char ma matlib random seterr seterrcall
        errstate set_printoptions vectorize frompyfunc apply_along_axis piecewise fromfunction
        nditer einsum ndarray dtype datetime64 info source show_config test getbufsize"""

    assert not [name for name in banned.split() if hasattr(NUMPY, name)]
    assert not hasattr(NUMPY, "__dict__")
    assert len(BUILTINS) == 18
    values = [getattr(NUMPY, name) for name in NUMPY.__slots__]
    assert not [v for v in values if isinstance(v, type(sys))]


def test_bars_are_slots_of_read_only_views() -> None:
    for view in (*bars_of(MARKET), panel_of(MARKET)):
        assert not hasattr(view, "__dict__")
        arrays = [getattr(view, n) for n in view.__slots__ if n != "symbols"]
        assert not any(array.flags.writeable for array in arrays)


@pytest.mark.parametrize("made", ["np.empty(len(x))", "np.empty_like(x)"])
def test_empty_arrays_hold_no_old_memory(made: str) -> None:
    found = positions(signal(f"y = {made}\nreturn np.isnan(y)"))

    assert found.all()


def test_objects_do_not_get_into_arrays() -> None:
    assert refusal(signal('return np.array([{"a": 1}])'))[0] == "argument"


def test_an_indicator_on_the_same_array_is_computed_once(monkeypatch) -> None:
    seen: list[int] = []
    entry = INDICATORS["sma"]

    def counting(x: np.ndarray, n: int) -> np.ndarray:
        seen.append(n)
        return entry.call(x, n)

    counted = dict(INDICATORS) | {"sma": replace(entry, call=counting)}
    monkeypatch.setattr("daemon.domain.genome.cache.INDICATORS", counted)
    genome = loaded(signal('return ta.ema(ta.sma(x, p["n"]), 3) > ta.sma(x, 40)'))
    one = market(300, 1)
    for n in (10, 20, 10, 20, 10):
        genome.positions(one, {"n": n})

    assert sorted(seen) == [10, 20, 40]


def test_the_memory_of_indicators_changes_no_answer_and_knows_its_market() -> None:
    text = signal('return ta.zscore(ta.sma(x, p["n"]), 30) > ta.roc(x * 1.0, 3)')
    remembering, forgetting = loaded(text), program.load(gate.check(text), program.stage(0))
    for seed in (1, 2, 1):
        for n in (5, 20, 5):
            other = market(200, 2, seed)
            np.testing.assert_array_equal(
                remembering.positions(other, {"n": n}), forgetting.positions(other, {"n": n})
            )


def test_the_memory_of_indicators_is_bounded() -> None:
    text = signal('return ta.sma(x, p["n"]) > x')
    genome = program.load(gate.check(text), program.stage(3 * 300 * 8))
    for n in range(5, 50):
        genome.positions(market(300, 1), {"n": n})

    assert genome._cache._used <= 3 * 300 * 8


def test_whole_and_real_arguments_are_not_mixed_up() -> None:
    genome = loaded(signal('return ta.sma(x, p["n"]) > x'))
    genome.positions(MARKET, {"n": 10})

    with pytest.raises(GenomeRefused):
        genome.positions(MARKET, {"n": 10.0})


def test_positions_can_be_written_into_a_given_array() -> None:
    out = np.full(MARKET.shape, np.nan, order="F")

    answer = loaded(signal("return x > 0")).positions(MARKET, {}, out)

    assert answer is out
    assert (out == 1.0).all()


def test_an_empty_market_has_empty_positions() -> None:
    nothing = market(3).part(0, 0)

    assert loaded(signal("return x > ta.sma(x, 3)")).positions(nothing, {}).shape == (0, 3)


def test_a_program_needs_numpy_and_talib_only() -> None:
    script = (
        "import sys\nfrom daemon.domain.genome import gate, program\n"
        "heavy = ('numba', 'pandas', 'polars', 'pyarrow', 'scipy', 'pydantic', 'sqlmodel')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


FIRST_USE = """
from daemon.domain.genome import gate, program
from daemon.domain.genome import vocabulary as words
from tests.domain.genome.markets import market
from tests.domain.genome.texts import rotate, signal

given = {"clip": "0, 1", "reshape": "-1", "astype": "float"}
for name in sorted(words.METHODS):
    named = given.get(name, "axis=1" if name not in ("copy", "round") else "")
    text = rotate(f"y = (x > 3).{name}({named})\\nz = x.{name}({named})\\nreturn 0.5", "WARMUP = 9")
    assert (program.load(gate.check(text)).positions(market(), {}) == 0.5).all(), name
huge = "y = np.zeros((1000000000, 1000000))"
for body in ("y = np.zeros(3, dtype=int)\\ny += 0.5", "y = x + np.zeros(7)", huge):
    try:
        text = signal(f"{body}\\nreturn 0.5")
        program.load(gate.check(text)).positions(market(), {})
    except Exception as error:
        print(type(error).__name__.removeprefix('_Array'))
"""


def test_the_first_use_of_numpy_needs_no_import() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == ["UFuncTypeError", "ValueError", "MemoryError"], done.stderr
