"""Imports a module under the name of np."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import posix as np

    np.getcwd()
    return x
