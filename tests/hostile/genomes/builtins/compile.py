"""Compiles a text to code of its own."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return eval(compile("[x]", "f", "eval"))[0]
