"""Repeat every second close over two bars."""

WARMUP = 70


def signal(bars, p):
    x = np.repeat(bars.close[1::2], 2)
    out = np.zeros(len(bars.close))
    out[: len(x)] = np.where(x > bars.close[: len(x)], 1.0, 0.0)
    return out
