"""Takes np.ctypeslib as a value, to walk on from it later."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.ctypeslib
    return x * 0.0
