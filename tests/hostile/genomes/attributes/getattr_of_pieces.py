"""Asks getattr for a name that is put together while it runs."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return getattr(x, "ctyp" + "es").data
