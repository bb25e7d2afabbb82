def signal(bars, p):
    return bars.close * 0.0
