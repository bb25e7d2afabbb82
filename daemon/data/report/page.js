"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const runs = report.runs;
const page = document.getElementById("page");
const single = runs.length === 1;
const charts = [];
const SHARES = ["total_return", "cagr", "max_drawdown", "volatility", "exposure", "win_rate", "ambiguous_share"];
const DOLLARS = ["fees", "final_equity", "expectancy", "pnl"];
const SHOWN_LINES = 60;
const LEAK = "suspected_leak";
const WORDS = {
  total_return: "return in all", cagr: "return a year", sharpe: "Sharpe ratio", sortino: "Sortino ratio",
  max_drawdown: "deepest fall", calmar: "Calmar ratio", sqn: "SQN", win_rate: "trades won", exposure: "time invested",
  pnl: "profit", ambiguous_share: "ambiguous trades", selection: "selection fitness",
  entry_time: "entry, New York", exit_time: "exit, New York",
};

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const spoken = (name) => WORDS[name] ?? name.replaceAll("_", " ");
const rank = (run) => run.metrics.sharpe ?? -Infinity;
const best = runs.reduce((a, b) => (rank(b) > rank(a) ? b : a));

const EXCHANGE = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const exchangeTime = (text) => EXCHANGE.format(new Date(text)).replace(",", "");

function element(tag, parent, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

function figure(name, value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value !== "number") return name.endsWith("_time") ? exchangeTime(value) : name === "reason" ? spoken(value) : String(value);
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (SHARES.includes(name)) return sign + (100 * size).toFixed(1) + " %";
  if (DOLLARS.includes(name)) return sign + "$" + size.toLocaleString("en-GB", { minimumFractionDigits: size < 100 ? 2 : 0, maximumFractionDigits: size < 100 ? 2 : 0 });
  if (Number.isInteger(value)) return sign + size.toLocaleString("en-GB");
  return sign + (name in best.params && size < 0.1 ? String(size) : size.toFixed(2));
}

function plot(heading, describe, low = false) {
  if (heading) element("h2", page, heading);
  const sheet = element("div", page, undefined, { class: "sheet" });
  const tools = element("div", sheet, undefined, { class: "tools" });
  const holder = element("div", sheet, undefined, { class: low ? "plot low" : "plot", role: "img", "aria-label": heading });
  const chart = echarts.init(holder, null, { renderer: "canvas" });
  const draw = () => {
    const words = { color: colour("soft"), fontFamily: getComputedStyle(document.body).fontFamily };
    chart.setOption({ animation: false, textStyle: words, ...describe() }, true);
  };
  charts.push({ chart, draw });
  draw();
  return { tools, draw, chart };
}

const axisStyle = () => ({
  axisLine: { lineStyle: { color: colour("line") } },
  axisTick: { show: false },
  axisLabel: { color: colour("soft") },
  splitLine: { lineStyle: { color: colour("line") } },
  nameTextStyle: { color: colour("soft") },
});
const tip = () => ({ backgroundColor: colour("sheet"), borderColor: colour("line"), textStyle: { color: colour("ink") }, confine: true });

const slider = () => ({
  type: "slider", height: 22, bottom: 14, brushSelect: false, showDetail: false, borderColor: colour("line"),
  fillerColor: colour("accent") + "1f", moveHandleStyle: { color: colour("muted") }, handleStyle: { color: colour("sheet"), borderColor: colour("muted") },
  dataBackground: { lineStyle: { color: colour("muted") }, areaStyle: { color: colour("line") } },
  selectedDataBackground: { lineStyle: { color: colour("accent") }, areaStyle: { color: colour("accent"), opacity: 0.15 } },
});

const axisDollars = (v) => (v < 0 ? "−$" : "$") + Math.abs(v).toLocaleString("en-GB", { notation: "compact", maximumSignificantDigits: 4 });

function drawdown(curve) {
  let high = -Infinity;
  return curve.map(([day, value]) => { high = Math.max(high, value); return [day, value / high - 1]; });
}

function growth() {
  const shown = [...runs].sort((a, b) => rank(b) - rank(a)).slice(0, SHOWN_LINES);
  let steep = false;
  const made = plot("Equity", () => ({
    grid: { left: 76, right: 20, top: single ? 20 : 44, bottom: 76 },
    legend: { show: !single, type: "scroll", top: 0, textStyle: { color: colour("soft") }, pageTextStyle: { color: colour("soft") }, pageIconColor: colour("accent") },
    tooltip: { trigger: single ? "axis" : "item", ...tip(), valueFormatter: (v) => figure("final_equity", v) },
    xAxis: { type: "time", ...axisStyle(), splitLine: { show: false } },
    yAxis: { type: steep ? "log" : "value", scale: true, ...axisStyle(), axisLabel: { color: colour("soft"), formatter: axisDollars } },
    dataZoom: [{ type: "inside" }, slider()],
    series: shown.map((run) => ({
      name: run.name, type: "line", data: run.curve, showSymbol: false, sampling: "lttb", z: run === best ? 3 : 2,
      lineStyle: { width: run === best ? 2.4 : 1.2, opacity: run === best ? 1 : 0.6 },
      itemStyle: run === best ? { color: colour("accent") } : undefined,
      emphasis: { focus: "series", lineStyle: { width: 2.6, opacity: 1 } },
    })),
  }));
  const log = element("button", made.tools, "logarithmic", { type: "button", "aria-pressed": "false" });
  log.onclick = () => { steep = !steep; log.setAttribute("aria-pressed", String(steep)); made.draw(); };
  if (runs.length > shown.length) element("span", made.tools, `the ${shown.length} best of ${runs.length} by Sharpe ratio`);
  return made;
}

function falls() {
  return plot(single ? "Below its last high" : `Below its last high: ${best.name}`, () => ({
    grid: { left: 76, right: 20, top: 14, bottom: 34 },
    tooltip: { trigger: "axis", ...tip(), valueFormatter: (v) => figure("max_drawdown", v) },
    xAxis: { type: "time", ...axisStyle(), splitLine: { show: false } },
    yAxis: { type: "value", max: 0, ...axisStyle(), axisLabel: { color: colour("soft"), formatter: (v) => figure("max_drawdown", v) } },
    dataZoom: [{ type: "inside" }],
    series: [{ name: "drawdown", type: "line", data: drawdown(best.curve), showSymbol: false, lineStyle: { width: 1.4, color: colour("accent") }, itemStyle: { color: colour("accent") }, areaStyle: { opacity: 0.2, color: colour("accent") } }],
  }), true);
}

function varied() {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  return names.filter((name) => new Set(runs.map((run) => run.params[name])).size > 1);
}

function heat(names) {
  const [across, up] = names;
  const values = (name) => [...new Set(runs.map((run) => run.params[name]))].sort((a, b) => a - b);
  const xs = values(across), ys = values(up);
  const cells = runs.filter((run) => run.metrics.sharpe !== null).map((run) => [xs.indexOf(run.params[across]), ys.indexOf(run.params[up]), Number(run.metrics.sharpe.toFixed(3))]);
  const found = cells.map((cell) => cell[2]);
  plot("Sharpe ratio over the grid", () => ({
    grid: { left: 76, right: 20, top: 28, bottom: 104 },
    tooltip: { ...tip(), formatter: (p) => `${spoken(across)} ${xs[p.value[0]]}, ${spoken(up)} ${ys[p.value[1]]}: ${figure("sharpe", p.value[2])}` },
    xAxis: { type: "category", data: xs.map(String), name: spoken(across), nameLocation: "middle", nameGap: 28, ...axisStyle(), splitLine: { show: false } },
    yAxis: { type: "category", data: ys.map(String), name: spoken(up), ...axisStyle(), splitLine: { show: false } },
    visualMap: { min: Math.min(...found), max: Math.max(...found), calculable: true, orient: "horizontal", left: "center", bottom: 0, itemHeight: 160, precision: 2, textStyle: { color: colour("soft") }, inRange: { color: [colour("paper"), colour("accent")] } },
    series: [{ type: "heatmap", data: cells, label: { show: cells.length <= 100, formatter: (p) => figure("sharpe", p.value[2]) }, itemStyle: { borderColor: colour("sheet"), borderWidth: 2 }, emphasis: { itemStyle: { borderColor: colour("ink") } } }],
  }));
}

function scatter(names) {
  let chosen = names[0];
  const made = plot("Sharpe ratio by parameter", () => ({
    grid: { left: 76, right: 20, top: 30, bottom: 48 },
    tooltip: { ...tip(), formatter: (p) => `${p.name}: ${figure("sharpe", p.value[1])}`.replace(/[<>&]/g, " ") },
    xAxis: { type: "value", scale: true, name: spoken(chosen), nameLocation: "middle", nameGap: 28, ...axisStyle() },
    yAxis: { type: "value", scale: true, name: "Sharpe ratio", ...axisStyle() },
    series: [{ type: "scatter", symbolSize: 9, itemStyle: { color: colour("accent"), opacity: 0.75 }, data: runs.filter((run) => run.metrics.sharpe !== null).map((run) => ({ name: run.name, value: [run.params[chosen], run.metrics.sharpe] })) }],
  }));
  if (names.length < 2) return;
  const label = element("label", made.tools, "parameter ");
  const choice = element("select", label);
  for (const name of names) element("option", choice, spoken(name), { value: name });
  choice.onchange = () => { chosen = choice.value; made.draw(); };
}

function table(heading, columns, rows, mark, style = "") {
  element("h2", page, heading);
  const holder = element("table", element("div", page, undefined, { class: `scroll ${style}` }));
  const head = element("tr", element("thead", holder));
  const body = element("tbody", holder);
  const fill = () => {
    body.replaceChildren();
    for (const row of rows) {
      const line = element("tr", body, undefined, mark && mark(row) ? { class: "best" } : {});
      for (const name of columns) {
        const value = row[name];
        const bad = typeof value === "number" && value < 0 && (name === "pnl" || name === "sharpe" || name === "total_return" || style === "tight");
        element("td", line, figure(name, value), bad ? { class: "bad" } : {});
      }
    }
  };
  for (const name of columns) {
    const cell = element("th", head);
    element("button", cell, spoken(name), { type: "button" }).onclick = () => {
      const down = cell.getAttribute("aria-sort") !== "descending";
      for (const other of head.children) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => compare(a[name], b[name]) * (down ? -1 : 1));
      fill();
    };
  }
  fill();
}

function compare(a, b) {
  const none = (v) => v === null || v === undefined || v === "";
  if (none(a) || none(b)) return none(a) - none(b) ? (none(a) ? -1 : 1) : 0;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function figures(run) {
  const strip = element("dl", page, undefined, { class: "figures" });
  for (const [name, value] of [...Object.entries(run.metrics), ["selection", run.selection]]) {
    const cell = element("div", strip);
    element("dt", cell, spoken(name));
    element("dd", cell, figure(name, value));
  }
}

function months(run) {
  const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const years = new Map();
  for (const [year, month, change] of run.months) {
    if (!years.has(year)) years.set(year, { year: String(year), total: 1 });
    const row = years.get(year);
    row[names[month - 1]] = change;
    row.total *= 1 + change;
  }
  const rows = [...years.values()].map((row) => ({ ...row, total: row.total - 1 }));
  SHARES.push(...names, "total");
  table("Month by month", ["year", ...names, "total"], rows, undefined, "tight");
}

function facts() {
  const { genome, data } = report;
  if (data.simulated) element("p", page, "SIMULATED MARKET: these prices are made up", { class: "simulated" });
  element("p", page, genome.idea, { class: "idea" });
  const rows = [
    ["genome", `${genome.name}, ${genome.hash}`],
    ["symbols", data.symbols.join(", ") + (data.skipped.length ? `; without data: ${data.skipped.join(", ")}` : "")],
    ["market", `${data.simulated ? "simulated" : "real"}, ${data.bars.toLocaleString("en-GB")} bars of ${data.timeframe}`],
    ["sessions", `${data.start} to ${data.end}`],
    ["capital", figure("final_equity", report.capital)],
    ["friction", report.friction],
  ];
  if (single && best.fitness_refusal) rows.push(["no fitness", spoken(best.fitness_refusal)]);
  const other = best.flags.filter((flag) => flag !== LEAK);
  if (single && other.length) rows.push(["flags", other.map(spoken).join(", ")]);
  const list = element("dl", page, undefined, { class: "facts" });
  for (const [name, value] of rows) {
    element("dt", list, name);
    element("dd", list, value);
  }
}

function suspicion() {
  const suspects = runs.filter((run) => run.flags.includes(LEAK));
  if (!suspects.length) return;
  const who = single ? "This result is" : `${suspects.length} of ${runs.length} runs are`;
  element("p", page, `Suspected leak: ${who} better than honest strategies are. Look for data from the future before you believe it.`, { class: "warning", role: "alert" });
}

function failures() {
  if (report.failed.length) table(`Failed: ${report.failed.length} of ${runs.length + report.failed.length} runs`, Object.keys(report.failed[0]), report.failed);
}

function start() {
  facts();
  suspicion();
  const asked = Object.entries(best.params).map(([name, value]) => `${spoken(name)} ${value}`).join(", ");
  const luck = `The highest of ${runs.length} Sharpe ratios, with ${asked}, owes a part of it to luck.`;
  if (asked) element("p", page, single ? `Parameters: ${asked}` : luck, { class: "soft" });
  if (single) figures(best);
  const made = [growth(), falls()];
  if (single) echarts.connect(made.map((one) => one.chart));
  const names = varied();
  if (names.length === 2) heat(names);
  if (names.length) scatter(names);
  if (!single) {
    const params = Object.keys(best.params), metrics = Object.keys(best.metrics);
    const judged = (run) => ({ selection: run.selection, fitness_refusal: spoken(run.fitness_refusal), flags: run.flags.map(spoken).join(", ") });
    const rows = runs.map((run) => ({ ...run.params, ...run.metrics, ...judged(run), run }));
    rows.sort((a, b) => compare(b.sharpe, a.sharpe));
    table("All runs", [...params, ...metrics, "selection", "fitness_refusal", "flags"], rows, (row) => row.run === best);
  }
  failures();
  if (single) months(best);
  if (single && best.trades.length) {
    const all = best.trade_count === best.trades.length ? "" : ` (the first ${best.trades.length} of ${best.trade_count}; all are in trades.csv)`;
    table("Trades" + all, Object.keys(best.trades[0]), best.trades, undefined, "close");
  }
}

start();
addEventListener("resize", () => charts.forEach((one) => one.chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((one) => one.draw()));
