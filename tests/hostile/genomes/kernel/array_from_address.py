"""Makes an array over an address of its choice."""

TIMEFRAME = "1d"
WARMUP = 50


class Window:
    __array_interface__ = {"shape": (4,), "typestr": "<f8", "data": (4096, True), "version": 3}


def signal(bars, p):
    x = bars.close
    return np.asarray(Window()).sum() * x
