"""Everything a genome may say is computed in a confined child, and none of it is killed there.

numpy does some things at the first use only, and some of them are calls to the kernel.
"""

from __future__ import annotations

import pytest

from daemon.domain.genome import vocabulary as words
from daemon.domain.market.bars import Market
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.sandbox.layers import LANGUAGE
from daemon.sandbox.pool import Limits, Pool
from tests.sandbox.genomes import genome

pytestmark = pytest.mark.usefixtures("nothing_left")

TRIES = """
TA, NP, FFT, METHODS = {ta!r}, {np!r}, {fft!r}, {methods!r}
OPERATORS = "add sub mul truediv floordiv mod pow and_ or_ xor lt eq matmul".split()


def rotate(market, params):
    import operator
    x, i = np.linspace(0.1, 5.0, 300), np.arange(300)
    b, gaps, flat = x > 2, np.full(300, np.nan), x.reshape(3, 100)
    given = [
        (x,), (x, x), (x, 3), (x, 3.0), (b,), (b, x, x), (x, 5, 20), (x, x, x), (x, x, x, 14),
        (x, x, x, x), (x, x, 14), (x, x, x, x, 14), (i,), (i, 3), (i, i), ((x, x),), (x, (3, 100)),
        (300,), ((3, 4),), (b, x), (1 << 45,), (x[:0],), ("a",), (None,), (x, 1 << 40), (x, -1),
        (gaps,), (gaps, 5), (0, 1, 50), (x, "a"), (flat,), (flat, 1), (i + x * 1j,),
    ]
    called = [getattr(ta, name) for name in TA] + [getattr(np, name) for name in NP]
    called += [getattr(np.fft, name) for name in FFT] + [operator.methodcaller(m) for m in METHODS]
    called += [getattr(operator, name) for name in OPERATORS]
    done = 0
    for function in called:
        for arguments in given:
            try:
                function(*arguments)
                done += 1
            except Exception:
                pass
    return market.close * 0.0 + done / 1e6
"""


async def test_no_word_of_the_vocabulary_is_killed(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")
    text = TRIES.format(
        ta=sorted(INDICATORS),
        np=sorted(words.NUMPY),
        fft=sorted(words.FFT),
        methods=sorted(words.METHODS),
    )

    async with Pool(1, Limits(10.0, 20.0, 1 << 30), off=LANGUAGE) as pool:
        positions = await pool.positions(text, market, {})

    assert positions.dense()[0, 0] > 1_500 / 1e6


@pytest.mark.parametrize(
    "body",
    [
        "return np.where(bars.close > np.median(ta.windows(bars.close, 9), axis=1), 1.0, 0.0)",
        "x = np.arange(len(bars.close)) * 3 // 2\n    return np.where(x % 7 == 0, 1.0, 0.0)",
        "x = np.full(3000000, 1.5)\n    return np.ones(len(bars.close)) * (np.cumsum(x)[-1] > 0)",
    ],
)
async def test_a_plain_genome_runs_with_every_layer_on(market: Market, body: str) -> None:
    async with Pool(1) as pool:
        positions = await pool.positions(genome(body), market, {})

    assert positions.dense().any()
