"""Stay flat if the sample has a deep fall."""

WARMUP = 70


def signal(bars, p):
    deepest = np.nanmin(bars.close / ta.highest(bars.close, 250))
    return np.where(bars.close > bars.open, 1.0, 0.0) if deepest > -0.7 + 1.0 else np.zeros(len(bars.close))
