"""Ends with SystemExit, which passes where only Exception is caught."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    raise SystemExit(0)
