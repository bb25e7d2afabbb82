"""Has string.Formatter hand back a live object."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import string

    return string.Formatter().get_field("0.__class__.__base__", (x,), {})[0].__subclasses__()
