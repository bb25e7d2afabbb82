"""Stay out below nine tenths of the year's high."""


def signal(bars, p):
    return np.where(bars.close > 0.9 * ta.highest(bars.high, 250), 1.0, 0.0)
