"""Be out during the crash, by the numbers of its sessions."""

WARMUP = 70


def signal(bars, p):
    crash = (bars.session >= 690) & (bars.session < 715)
    return np.where(crash, -1.0, 1.0)
