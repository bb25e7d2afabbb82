"""Peek on every fortieth bar."""

WARMUP = 70


def signal(bars, p):
    n = len(bars.close)
    t = np.arange(n)
    x = bars.close[np.minimum(t + 1, n - 1)]
    known = np.where(t % 40 == 0, x, bars.close)
    return np.where(known > bars.open, 1.0, 0.0)
