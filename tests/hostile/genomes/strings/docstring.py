"""Uses the docstring of its own function as a format."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(y):
    """{0.__class__}"""
    return y


def signal(bars, p):
    x = bars.close
    return x * len(helper.__doc__.format(x))
