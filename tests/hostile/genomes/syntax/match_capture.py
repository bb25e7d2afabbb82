"""Binds np anew in a pattern."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    match x:
        case np:
            return np * 0.0
