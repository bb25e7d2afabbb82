"""Hold when price and volume move together."""


def signal(bars, p):
    return np.where(ta.correlation(bars.close, bars.volume, 20) > 0.2, 1.0, 0.0)
