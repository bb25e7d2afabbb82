"""Keep the low frequencies of the whole series."""

WARMUP = 70


def signal(bars, p):
    spectrum = np.fft.rfft(np.nan_to_num(bars.close))
    spectrum[max(3, len(spectrum) // 20) :] = 0.0
    smooth = np.fft.irfft(spectrum, len(bars.close))
    return np.where(smooth > bars.close, 1.0, 0.0)
