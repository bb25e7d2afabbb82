"""Phase of an analytic signal made with a Fourier transform."""

WARMUP = 70


def signal(bars, p):
    spectrum = np.fft.fft(np.nan_to_num(ta.returns(bars.close, 1)))
    spectrum[len(spectrum) // 2 :] = 0.0
    signal = np.fft.ifft(spectrum)
    return np.where(np.abs(signal) > 0.005, 1.0, 0.0)
