"""Answers an array whose class changes each time it is looked at."""

TIMEFRAME = "1d"
WARMUP = 50


class Liar(np.ndarray):
    def __array_finalize__(self, other):
        np.load("/etc/passwd")


def signal(bars, p):
    x = bars.close
    return np.asarray(x * 0.0).view(Liar)
