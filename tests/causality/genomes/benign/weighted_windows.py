"""A filter with weights of one's own."""


def signal(bars, p):
    rows = ta.windows(ta.returns(bars.close, 1), 6)
    weights = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.25])
    return np.where(np.sum(rows * weights, axis=1) > 0.0, 1.0, 0.0)
