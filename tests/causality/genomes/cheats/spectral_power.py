"""Trade only if the sample has a strong slow cycle."""

WARMUP = 70


def signal(bars, p):
    power = np.abs(np.fft.rfft(np.nan_to_num(ta.returns(bars.close, 1))))
    share = power[1:40].sum() / power[1:].sum()
    return np.clip(np.where(bars.close > bars.open, 5.0 * share, 0.0), 0.0, 1.0)
