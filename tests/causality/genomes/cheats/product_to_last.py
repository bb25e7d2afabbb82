"""Growth up to now as a share of all growth."""

WARMUP = 70


def signal(bars, p):
    growth = np.cumprod(1.0 + np.nan_to_num(ta.returns(bars.close, 1)))
    return np.clip(growth / growth[-1], 0.0, 1.0)
