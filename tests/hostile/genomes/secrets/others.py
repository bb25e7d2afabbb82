"""Looks for the text of another genome."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import gc

    for y in gc.get_objects():
        if type(y) is dict and "another genome" in str(y.get("source")):
            raise LookupError
    return x * 0.0
