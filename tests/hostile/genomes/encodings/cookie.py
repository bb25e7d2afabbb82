# -*- coding: utf-7 -*-
"""Has a coding cookie under which a comment is a line of code."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # +AAo-    x = open(1)
    return x * 0.0
