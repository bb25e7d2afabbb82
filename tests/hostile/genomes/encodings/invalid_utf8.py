"""Has bytes that are no UTF-8."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # ÿþ
    return x * 0.0
