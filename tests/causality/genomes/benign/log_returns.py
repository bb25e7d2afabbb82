"""Momentum of logarithmic returns, per unit of risk."""


def signal(bars, p):
    step = ta.log_return(bars.close, 1)
    ratio = ta.rolling_mean(step, 30) / np.maximum(ta.stdev(step, 30), 1e-6)
    return np.clip(2.0 * np.nan_to_num(ratio), -1.0, 1.0)
