"""Reads far outside of an array by strides of its own."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.lib.stride_tricks.as_strided(x, (1000000000,), (8,))[::4096].sum() * x
