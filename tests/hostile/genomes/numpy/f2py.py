"""Reaches sys through np.f2py."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len(np.f2py.sys.modules)
