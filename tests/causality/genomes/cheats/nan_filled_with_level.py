"""Replace missing numbers by the average of all."""

WARMUP = 70


def signal(bars, p):
    steady = np.nan_to_num(ta.returns(bars.close, 60), nan=np.nanmean(ta.returns(bars.close, 60)))
    return np.clip(5.0 * steady, -1.0, 1.0)
