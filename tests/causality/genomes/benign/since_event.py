"""Five bars after a volume shock."""


def signal(bars, p):
    shock = ta.volume_zscore(bars.volume, 20) > 1.5
    return np.where(ta.since(shock, 10) <= 5, 1.0, 0.0)
