"""Takes the module of builtins from a builtin that is bound to it."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return abs.__self__.open(p["file"])
