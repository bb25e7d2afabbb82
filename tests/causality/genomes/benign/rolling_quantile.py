"""Buy below the tenth part of the last hundred closes."""


def signal(bars, p):
    return np.where(bars.close < ta.rolling_quantile(bars.close, 100, 0.1), 1.0, 0.0)
