"""Lean against a stretched price, in proportion."""


def signal(bars, p):
    return np.clip(-ta.zscore(bars.close, 20) / 3.0, -1.0, 1.0)
