"""Weigh bars by how near the end they are."""

WARMUP = 70


def signal(bars, p):
    n = len(bars.close)
    weight = np.exp(-0.001 * (n - np.arange(n)))
    return np.where(bars.close > bars.open, weight, 0.0)
