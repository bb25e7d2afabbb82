"""Reaches the operating system through np.ctypeslib, with no underscore at all."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * np.ctypeslib.os.getpid()
