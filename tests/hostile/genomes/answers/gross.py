"""Answers weights that add up to more than the account."""

TIMEFRAME = "1d"
WARMUP = 50


def rotate(panel, p):
    x = panel.close
    return x * 0.0 + 0.9
