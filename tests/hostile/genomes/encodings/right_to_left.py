"""Shows code in another order than it is run."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # ‮ } if admin ⁦
    return x * 0.0
