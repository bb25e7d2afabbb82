"""Nests texts in texts, each parsed anew."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = f"{f'{x}'}"
    return x * 0.0
