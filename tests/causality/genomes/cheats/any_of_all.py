"""Stay out of symbols that will ever lose six per cent in a bar."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.any(bars.close < 0.94 * bars.open), 0.0, 1.0) * np.ones(len(bars.close))
