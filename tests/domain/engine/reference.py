"""The rules of `simulate` a second time: plain Python, bar by bar, nothing skipped, nothing fast.

Written from the rules (semantics of fills, exits, fees), not from the kernel. Money is counted in
whole micro-dollars as Python integers. Trades are put together at the end from their fills.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from daemon.domain.engine.simulation import ExitReason
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Market
from daemon.domain.trading.fees import AUDIT_TRAIL, SECTION_31, TRADING_ACTIVITY, Row
from daemon.domain.trading.friction import Friction

DUST = 1e-6  # shares


@dataclass
class Fill:
    bar: int
    quantity: float  # signed
    price: float


@dataclass
class Trade:
    symbol: int
    side: float
    atr: float
    fills: list[Fill] = field(default_factory=list)
    flow: int = 0
    fees: int = 0
    reason: ExitReason = ExitReason.OPEN
    ambiguous: bool = False
    best: float = 0.0  # most favourable price so far
    due: float = math.inf

    def entries(self):
        return [f for f in self.fills if f.quantity * self.side > 0]

    def exits(self):
        return [f for f in self.fills if f.quantity * self.side < 0]

    def held(self):
        return sum(f.quantity for f in self.fills)


@dataclass
class Order:
    desired: float
    atr: float
    placed: int
    drift: bool


@dataclass
class Symbol:
    number: int
    position: float = 0.0
    trade: Trade | None = None
    leaving: ExitReason | None = None
    locked: bool = False
    ended: bool = False  # left at the session's end, and the target has not changed since
    working: Order | None = None
    coming: list[tuple[int, Order]] = field(default_factory=list)
    leg: str = ""
    leg_shares: float = 0.0
    filled: float = 0.0  # on the current bar


def average(fills):
    shares = sum(abs(f.quantity) for f in fills)
    return sum(abs(f.quantity) * f.price for f in fills) / shares


def sign(x):
    return (x > 0) - (x < 0)


def micro(dollars):
    return math.floor(dollars * 1e6 + 0.5)


def fee_rate(rows: tuple[Row, ...], day: date) -> tuple[Row, bool]:
    """The row that covers the day, else the nearest one and True."""
    for row in rows:
        if row.first <= day <= row.last:
            return row, False
    distances = [min(abs((day - row.first).days), abs((day - row.last).days)) for row in rows]
    return rows[distances.index(min(distances))], True


def mean_ranges(market: Market, n: int, period: int) -> list[float]:
    """Wilder's ATR after each bar, in the dollars of that bar."""
    factor, mean, count, last, answer = 1.0, 0.0, 0, 0.0, []
    for t in range(market.shape[0]):
        for k in np.flatnonzero((market.actions.bar == t) & (market.actions.symbol == n)):
            factor *= market.actions.new[k] / market.actions.old[k]
        if not market.stale[t, n] and market.volume[t, n] > 0:
            high, low = market.high[t, n] * factor, market.low[t, n] * factor
            if count == 0:
                mean = high - low
            else:
                true_range = max(high - low, abs(high - last), abs(low - last))
                weight = min(count, period)
                mean = (mean * (weight - 1) + true_range) / weight
            count += 1
            last = market.close[t, n] * factor
        answer.append(mean / factor)
    return answer


class Reference:
    """One run; after `run`, `equity`, `held`, `trades` and the counters hold the answer."""

    def __init__(
        self, market: Market, targets, sizing: str, exits: Exits, friction: Friction, capital: float
    ) -> None:
        self.market, self.targets, self.sizing = market, targets, sizing
        self.exits, self.friction = exits, friction
        self.T, self.N = market.shape
        self.cash = round(capital * 1e6)
        self.symbols = [Symbol(n) for n in range(self.N)]
        self.ranges = [mean_ranges(market, n, exits.atr) for n in range(self.N)]
        self.trades: list[Trade] = []
        self.equity, self.held = np.zeros(self.T), np.zeros(self.T, dtype=bool)
        self.traded, self.fees, self.orders, self.rejected = 0.0, 0, 0, 0
        self.fee_estimated = False
        self.t = 0

    def run(self) -> Reference:
        at_close = self.friction.fill == "same_close"
        for t in range(self.T):
            self.t = t
            for s in self.symbols:
                s.filled = 0.0
            self.pay_borrow()
            self.pay_dividends()
            self.apply_splits()
            self.send_orders()
            self.leave_at_open()
            if not at_close:
                self.work()
            self.guard()
            self.leave_at_close()
            self.decide()
            if at_close:
                self.work()
            self.mark()
        return self

    # what the market says

    def prints(self, s):
        return not self.market.stale[self.t, s.number] and self.market.volume[self.t, s.number] > 0

    def price(self, s, name):
        return float(getattr(self.market, name)[self.t, s.number])

    def reference(self, s):
        if self.friction.fill == "midpoint":
            return 0.5 * (self.price(s, "low") + self.price(s, "high"))
        return self.price(s, "close" if self.friction.fill == "same_close" else "open")

    def minutes_to_close_at_open(self, t):
        axis = self.market.axis
        return axis.minutes_left[t] + (axis.close_time[t] - axis.open_time[t]) / 60e9

    def is_late(self, t):
        return self.minutes_to_close_at_open(t) <= 2

    def session_bars(self):
        session = self.market.axis.session
        return [t for t in range(self.T) if session[t] == session[self.t]]

    def session_has_late_bar(self):
        return any(self.is_late(t) for t in self.session_bars())

    def is_last_of_session(self):
        last = self.session_bars()[-1]
        ends = last < self.T - 1 or self.market.axis.minutes_left[last] == 0
        return self.t == last and ends

    # before the open

    def pay_borrow(self):
        if self.t == 0 or self.friction.borrow_rate == 0:
            return
        dates = self.market.axis.session_date
        days = int(dates[self.t]) - int(dates[self.t - 1])
        for s in self.symbols:
            if s.position < 0 and days:
                value = -s.position * float(self.market.close[self.t - 1, s.number])
                self.charge(s, micro(value * (self.friction.borrow_rate * days / 360.0)))

    def events(self):
        actions = self.market.actions
        return [k for k in range(len(actions.bar)) if actions.bar[k] == self.t]

    def pay_dividends(self):
        for k in self.events():
            s = self.symbols[self.market.actions.symbol[k]]
            if self.friction.dividends and s.position:
                amount = micro(s.position * float(self.market.actions.cash[k]))
                self.cash += amount
                s.trade.flow += amount

    def apply_splits(self):
        for k in self.events():
            new, old = float(self.market.actions.new[k]), float(self.market.actions.old[k])
            s = self.symbols[self.market.actions.symbol[k]]
            for order in [s.working, *(order for _, order in s.coming)]:
                if order:
                    order.desired, order.atr = order.desired * new / old, order.atr * old / new
            s.position = s.position * new / old
            if s.trade:
                s.trade.fills = [
                    replace(f, quantity=f.quantity * new / old, price=f.price * old / new)
                    for f in s.trade.fills
                ]
                s.trade.atr *= old / new
                s.trade.best *= old / new

    # orders

    def send_orders(self):
        for s in self.symbols:
            for due, order in list(s.coming):
                if due == self.t:
                    s.coming.remove((due, order))
                    self.send(s, order)

    def send(self, s, order):
        s.working = order
        if s.leg != "leave":
            s.leg = ""

    def decide(self):
        if self.t == self.T - 1 and self.friction.fill != "same_close":
            return
        equity = self.cash / 1e6 + sum(s.position * self.price(s, "close") for s in self.symbols)
        share = equity / self.N if self.sizing == "slot" else equity
        for s in self.symbols:
            target = float(self.targets[self.t, s.number])
            before = float(self.targets[self.t - 1, s.number]) if self.t else 0.0
            changed = target != before
            if changed or self.enters_again(s):
                changed, s.locked, s.ended = True, False, False
            elif not self.drifted(s, target, share):
                continue
            self.place(s, target, share, changed)

    def enters_again(self, s):
        session = self.market.axis.session
        last = self.t < self.T - 1 and session[self.t + 1] != session[self.t]
        return s.ended and not s.position and last

    def drifted(self, s, target, share):
        if not self.friction.rebalance_band or self.sizing == "shares" or target == 0:
            return False
        if s.working or s.coming or s.leaving or s.locked:
            return False
        weight = s.position * self.price(s, "close") / share
        return abs(weight - target) > self.friction.rebalance_band

    def place(self, s, target, share, changed):
        desired = target
        if self.sizing != "shares":
            desired = self.whole(target * share / self.price(s, "close")) if share > 0 else 0.0
        if desired < 0 and not self.friction.shortable:
            desired = 0.0
            self.orders += changed
            self.rejected += changed
        if not changed and desired == s.position:
            return
        order = Order(desired, self.ranges[s.number][self.t], self.t, not changed)
        if self.friction.fill == "same_close":
            self.send(s, order)
        else:
            s.coming.append((self.t + 1 + self.friction.delay_bars, order))

    def work(self):
        for side in (-1, 1):
            for s in self.symbols:
                if s.working and self.prints(s) and sign(s.position) == -side:
                    self.reduce(s)
        self.enter([s for s in self.symbols if self.wants_entry(s)])

    def reduce(self, s):
        desired = s.working.desired
        reverses = desired * s.position < 0
        keep = 0.0 if reverses else abs(desired)
        if keep >= abs(s.position):
            return
        self.start_leg(s, "reduce")
        excess = abs(s.position) - keep
        quantity = min(excess, self.capacity(s))
        if quantity > 0:
            reason = ExitReason.REVERSED if reverses else ExitReason.TARGET_CHANGED
            price = self.market_price(s, -sign(s.position), self.reference(s), quantity)
            self.sell_back(s, quantity, price, reason)
            if quantity > excess - DUST and not reverses:
                s.working = None

    def wants_entry(self, s):
        if not s.working or not self.prints(s) or self.entries_closed():
            return False
        if s.working.desired == s.position:
            s.working = None
            return False
        same_side = s.working.desired * s.position >= 0
        return same_side and abs(s.working.desired) > abs(s.position)

    def entries_closed(self):
        if not self.exits.session_end:
            return False
        if self.is_late(self.t):
            return True
        at_close = self.friction.fill == "same_close"
        return at_close and not self.session_has_late_bar() and self.is_last_of_session()

    def enter(self, candidates):
        wanted = {}
        for s in candidates:
            self.start_leg(s, "open")
            missing = abs(s.working.desired) - abs(s.position)
            wanted[s.number] = min(missing, self.capacity(s))
        entering = [s for s in candidates if wanted[s.number] > 0]
        needed = sum(self.need(s, wanted[s.number]) for s in entering)
        if not entering:
            return
        room = self.room()
        scaled = needed > room + 0.5e-6
        factor = max(0.0, room - (self.N + 1) * 1e-6) / needed if scaled else 1.0
        for s in entering:
            quantity = wanted[s.number]
            missing = abs(s.working.desired) - abs(s.position)
            if scaled:
                quantity = self.fit(s, quantity * factor, room)
            order = s.working
            if scaled or quantity > missing - DUST:
                s.working = None
            if quantity > DUST:
                room -= self.need(s, quantity, order)
                self.buy_in(s, quantity, order)
            else:
                self.rejected += 1

    def fit(self, s, quantity, room):
        quantity = self.whole(quantity)
        excess = self.need(s, quantity) - room if quantity > 0 else 0.0
        if excess > 0:
            quantity = self.whole(quantity - (excess + 1e-6) / self.reference(s))
        return max(0.0, quantity)

    def need(self, s, quantity, order=None):
        side = sign((order or s.working).desired)
        reference = self.reference(s)
        price = self.market_price(s, side, reference, quantity)
        costs = side * (price - reference) * quantity + self.fee(s, side, quantity, price)[0]
        return quantity * reference + max(1.0, self.friction.margin) * costs

    def room(self):
        values = [s.position * self.reference(s) for s in self.symbols]
        equity = self.cash / 1e6 + sum(values)
        limit = self.friction.margin * (1 - self.friction.cash_buffer)
        return limit * equity - sum(abs(v) for v in values)

    # exits

    def leave_at_open(self):
        for s in self.symbols:
            if not s.position:
                continue
            if not s.leaving and self.t >= s.trade.due:
                self.leave(s, ExitReason.MAX_BARS)
            late = [t for t in self.session_bars() if self.is_late(t)]
            if not s.leaving and self.exits.session_end and late and self.t == late[0]:
                self.leave(s, ExitReason.SESSION_END)
            if s.leaving and self.prints(s):
                self.sell_out(s, self.price(s, "open"))

    def leave_at_close(self):
        if not self.exits.session_end or self.session_has_late_bar():
            return
        for s in self.symbols:
            if s.position and not s.leaving and self.is_last_of_session():
                self.leave(s, ExitReason.SESSION_END)
                if self.prints(s):
                    self.sell_out(s, self.price(s, "close"))

    def guard(self):
        for s in self.symbols:
            if s.position and not s.leaving and self.prints(s):
                self.meet_levels(s)
            elif s.position and not s.leaving:
                highs = self.price(s, "low"), self.price(s, "high")
                s.trade.best = s.trade.side * max(s.trade.side * p for p in (s.trade.best, *highs))

    def distance(self, name, trade):
        in_atr = getattr(self.exits, f"{name}_atr")
        in_pct = getattr(self.exits, f"{name}_pct")
        entry = average(trade.entries())
        return min(
            in_atr * trade.atr if in_atr else math.inf, in_pct * entry if in_pct else math.inf
        )

    def meet_levels(self, s):
        trade, side = s.trade, s.trade.side
        entry = side * average(trade.entries())
        stop = entry - self.distance("stop", trade)
        trail = side * trade.best - self.distance("trail", trade)
        target = entry + self.distance("target", trade)
        first = side * self.price(s, "open")
        if self.friction.fill == "midpoint" and trade.fills[0].bar == self.t:
            first = side * self.reference(s)
        worst = min(side * self.price(s, "low"), side * self.price(s, "high"))
        best = max(side * self.price(s, "low"), side * self.price(s, "high"))
        level = max(stop, trail)
        stop_reason = ExitReason.TRAILING_STOP if trail > stop else ExitReason.STOP
        if first <= level:
            self.leave(s, stop_reason)
            self.sell_out(s, side * first)
        elif first > target:
            self.leave(s, ExitReason.PROFIT_TARGET)
            self.sell_out(s, side * first, limit=True)
        elif worst <= level:
            trade.ambiguous = best > target
            self.leave(s, stop_reason)
            self.sell_out(s, side * level)
        elif best > target:
            self.leave(s, ExitReason.PROFIT_TARGET)
            self.sell_out(s, side * target, limit=True)
        else:
            trade.best = side * max(side * trade.best, best)

    def leave(self, s, reason):
        s.leaving, s.locked, s.leg = reason, True, ""
        s.ended = reason == ExitReason.SESSION_END
        if s.working and s.working.desired * s.position >= 0:
            s.working = None
        s.coming = [(due, order) for due, order in s.coming if not order.drift]

    def sell_out(self, s, reference, limit=False):
        self.start_leg(s, "leave")
        quantity = min(abs(s.position), self.capacity(s))
        if quantity <= 0:
            return
        price = reference
        if not limit:
            price = self.market_price(s, -sign(s.position), reference, quantity)
        self.sell_back(s, quantity, price, s.leaving)
        if not s.position:
            s.leaving = None

    # fills and money

    def whole(self, quantity):
        return float(math.trunc(quantity)) if self.friction.whole_shares else quantity

    def capacity(self, s):
        if not self.friction.volume_cap:
            return math.inf
        left = self.friction.volume_cap * self.price(s, "volume") - s.filled
        return self.whole(left) if left > DUST else 0.0

    def market_price(self, s, side, reference, quantity):
        f = self.friction
        half = reference * f.spread_bps / 2e4
        if f.spread_from_quotes and self.market.spread is not None:
            quoted = float(self.market.spread[self.t, s.number])
            half = quoted / 2 if quoted >= 0 else half
        share = quantity / self.price(s, "volume")
        against = half + reference * f.slippage_bps / 1e4 + reference * f.impact * share**2
        return max(0.0, reference + side * against)

    def fee(self, s, side, quantity, price):
        """(dollars, estimated) of one fill of the leg under way."""
        f, value, dollars, estimated = self.friction, quantity * price, 0.0, False
        if f.commission_on == "both" or s.leg == "open":
            after = max(f.commission_minimum, f.commission_per_share * (s.leg_shares + quantity))
            paid = max(f.commission_minimum, f.commission_per_share * s.leg_shares)
            first = s.leg_shares == 0
            dollars = after - (0.0 if first else paid) + (f.commission_per_order if first else 0)
            dollars += value * f.commission_bps / 1e4
        if f.regulatory_fees:
            day = date(1970, 1, 1) + timedelta(int(self.market.axis.session_date[self.t]))
            trail, estimated = fee_rate(AUDIT_TRAIL, day)
            dollars += trail.rate * quantity
        if f.regulatory_fees and side < 0:
            section, guessed = fee_rate(SECTION_31, day)
            activity, guessed_too = fee_rate(TRADING_ACTIVITY, day)
            dollars += value * section.rate + min(activity.cap, activity.rate * quantity)
            estimated = estimated or guessed or guessed_too
        return dollars, estimated

    def start_leg(self, s, leg):
        if s.leg != leg:
            s.leg, s.leg_shares = leg, 0.0
            self.orders += 1

    def charge(self, s, fee):
        self.fees += fee
        self.cash -= fee
        s.trade.fees += fee
        s.trade.flow -= fee

    def book(self, s, side, quantity, price):
        fee, estimated = self.fee(s, side, quantity, price)
        self.fee_estimated |= estimated
        self.traded += quantity * price
        self.cash -= side * micro(quantity * price)
        s.trade.flow -= side * micro(quantity * price)
        s.trade.fills.append(Fill(self.t, side * quantity, price))
        s.leg_shares += quantity
        s.filled += quantity
        self.charge(s, micro(fee))

    def buy_in(self, s, quantity, order):
        side = sign(order.desired)
        price = self.market_price(s, side, self.reference(s), quantity)
        if not s.trade:
            s.trade = Trade(s.number, float(side), order.atr, best=price)
            if self.exits.max_bars:
                s.trade.due = self.t + self.exits.max_bars + (self.friction.fill == "same_close")
            self.trades.append(s.trade)
        self.book(s, side, quantity, price)
        if len(s.trade.fills) == 1:
            s.trade.best = average(s.trade.fills)
        s.position += side * quantity

    def sell_back(self, s, quantity, price, reason):
        everything = quantity > abs(s.position) - DUST
        quantity = abs(s.position) if everything else quantity
        side = -sign(s.position)
        self.book(s, side, quantity, price)
        s.position = 0.0 if everything else s.position + side * quantity
        if everything:
            s.trade.reason, s.trade = reason, None

    def mark(self):
        values = [s.position * self.price(s, "close") for s in self.symbols]
        self.equity[self.t] = self.cash / 1e6 + sum(values)
        self.held[self.t] = any(s.position for s in self.symbols)

    def rows(self) -> list[tuple]:
        """Trades as tuples in the order of the columns of `Trades`."""
        answer = []
        for trade in self.trades:
            s = self.symbols[trade.symbol]
            is_open = trade.reason == ExitReason.OPEN
            entered = sum(f.quantity for f in trade.entries())
            pnl = trade.flow / 1e6
            close = float(self.market.close[-1, trade.symbol])
            if is_open:
                pnl += s.position * close
            answer.append(
                (
                    trade.symbol,
                    s.position if is_open else entered,
                    trade.fills[0].bar,
                    average(trade.entries()),
                    -1 if is_open else trade.fills[-1].bar,
                    close if is_open else average(trade.exits()),
                    pnl,
                    trade.fees / 1e6,
                    int(trade.reason),
                    trade.ambiguous,
                )
            )
        return answer
