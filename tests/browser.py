"""A headless Chromium for tests that look at pages: what a page measures, and what it prints.

It is spoken to over its own protocol, so that a measurement waits for the page and not for a time.
Tests that use it are marked `browser`; they are skipped where there is no Chromium.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-port=0",
)
PATIENCE = 120.0
LISTEN = """
window.faults = [];
addEventListener("error", (event) => window.faults.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => window.faults.push(event.violatedDirective));
"""
MEASURE = """(async () => {
  const root = document.documentElement;
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const drawn = () => all(".plot").every((e) => e.querySelector("canvas"));
  while (!drawn() && !window.faults.length) await new Promise(requestAnimationFrame);
  await document.fonts.ready;
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  const box = (e) => e.getBoundingClientRect();
  const crossings = (svg) => {
    const words = all("text", svg);
    const uprights = all("path", svg).filter((e) => /^M[^ML]*V/.test(e.getAttribute("d")));
    const own = words.flatMap((a, k) => words.slice(k + 1)
      .filter((b) => meet(box(a), box(b))).map((b) => `${a.textContent} / ${b.textContent}`));
    const struck = words.flatMap((a) => uprights.filter((line) => {
      const { left, right, top, bottom } = box(line);
      return meet(box(a), { left: left - 1, right: right + 1, top, bottom });
    }).map(() => `${a.textContent} / line`));
    const { left, right } = box(svg.closest("article, figure"));
    const out = words.filter((a) => box(a).left < left + 1 || box(a).right > right - 1);
    return [...own, ...struck, ...out.map((a) => `${a.textContent} / edge`)];
  };
  const wide = all("body *").filter((e) => {
    const scrolls = e.closest(".scroll, pre");
    return !(scrolls && scrolls !== e) && box(e).right > root.clientWidth + 1;
  });
  return {
    width: root.clientWidth, scroll: root.scrollWidth, height: root.scrollHeight,
    cut: all(".scroll").filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.className),
    words: document.body.innerText,
    wide: wide.map((e) => e.outerHTML.slice(0, 120)),
    crossed: all("svg.chart").flatMap(crossings),
    plots: all(".plot").filter((e) => e.querySelector("canvas")).length,
    pictures: all("svg.chart").length,
    rows: all("tbody tr").length, errors: window.faults,
  };
})()"""


def chromium() -> str:
    """The browser's command, or a skipped test."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine")


def measured(page: str, width: int, folder: Path) -> dict[str, Any]:
    """How a page looks at a width: sizes, what sticks out or crosses, errors its scripts met."""
    path = folder / "measured.html"
    path.write_text(page, encoding="utf-8")
    with _shown(path, width, folder) as tab:
        return tab.evaluated(MEASURE)


def text_of(page: str, width: int, folder: Path) -> str:
    """The words that a reader sees at a width."""
    words: str = measured(page, width, folder)["words"]
    return words


def printed(page: Path, folder: Path) -> bytes:
    """The page as a PDF."""
    with _shown(page, 1000, folder) as tab:
        return base64.b64decode(tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"])


@dataclass
class _Tab:
    """One page of a browser, over the browser's only connection."""

    wire: ClientConnection
    session: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        asked = {"id": number, "method": method, "params": params, **self.session}
        self.wire.send(json.dumps(asked))
        answer = self._heard("id", number)
        assert "error" not in answer, answer
        found: dict[str, Any] = answer["result"]
        return found

    def open(self, page: Path, width: int) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = {"sessionId": attached["sessionId"]}
        self.ask("Page.enable")
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        self.ask("Page.navigate", url=page.as_uri())
        self._heard("method", "Page.loadEventFired")

    def evaluated(self, script: str) -> dict[str, Any]:
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        found: dict[str, Any] = answer["result"]["value"]
        return found

    def _heard(self, key: str, value: object) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(self.wire.recv(timeout=PATIENCE))
            if message.get(key) == value:
                return message


@contextmanager
def _shown(page: Path, width: int, folder: Path) -> Iterator[_Tab]:
    """A page that has loaded, scripts and pictures included."""
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [chromium(), *FLAGS, profile]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            with connect(_address(process), max_size=None) as wire:
                tab = _Tab(wire)
                tab.open(page, width)
                yield tab
        finally:
            process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    """Where the browser listens; it says so once it does."""
    assert process.stderr is not None
    told = []
    for line in process.stderr:
        if found := re.search(r"listening on (ws://\S+)", line):
            return found[1]
        told.append(line)
    raise AssertionError(f"the browser ended without listening: {''.join(told[-5:])}")
