"""Hold if most bars of the sample rise."""

WARMUP = 70


def signal(bars, p):
    rises = np.count_nonzero(bars.close > bars.open)
    return np.where(bars.close > bars.open, rises / len(bars.close), 0.0)
