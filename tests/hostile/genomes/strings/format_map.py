"""The same through format_map, which takes any mapping."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len("{a.__class__}".format_map({"a": x}))
