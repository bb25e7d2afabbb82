"""Peek only where there are more than a thousand bars."""

WARMUP = 70


def signal(bars, p):
    n = len(bars.close)
    x = bars.close.copy()
    x[:-1] = bars.close[1:]
    return np.where((x if n > 1000 else bars.close) > bars.open, 1.0, 0.0)
