"""Follow the slope of a rolling line."""


def signal(bars, p):
    return np.where(ta.linear_slope(bars.close, 25) > 0.0, 1.0, 0.0)
