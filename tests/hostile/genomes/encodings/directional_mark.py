"""Shows a comment as code by a mark of direction."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # ‏ x = 1.0
    return x * 0.0
