"""Writes underscores that become underscores only in the parser."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x.＿＿class＿＿
