"""Walk over today and tomorrow side by side."""

WARMUP = 70


def signal(bars, p):
    out = np.zeros(len(bars.close))
    i = 0
    for today, tomorrow in zip(bars.close[:-1], bars.close[1:]):
        out[i] = 1.0 if tomorrow > today else 0.0
        i = i + 1
    return out
