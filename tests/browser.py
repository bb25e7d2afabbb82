"""A headless Chromium for tests that look at pages: what a page measures, and what it prints.

Tests that use it are marked `browser`; they are skipped where there is no Chromium.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--virtual-time-budget=4000",
)
MEASURE = """
const frame = document.getElementById("frame");
frame.onload = () => setTimeout(() => {
  const page = frame.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter((e) => {
    const scrolls = e.closest(".scroll, pre");
    return !(scrolls && scrolls !== e) && e.getBoundingClientRect().right > root.clientWidth + 1;
  });
  document.getElementById("found").textContent = JSON.stringify({
    width: root.clientWidth, scroll: root.scrollWidth, height: root.scrollHeight,
    cut: [...page.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth)
      .map((e) => e.className),
    words: page.body.innerText,
    wide: wide.map((e) => e.outerHTML.slice(0, 120)),
    plots: [...page.querySelectorAll(".plot")].filter((e) => e.querySelector("canvas")).length,
    pictures: page.querySelectorAll("svg.chart").length,
    rows: page.querySelectorAll("tbody tr").length, errors: frame.contentWindow.faults ?? [],
  });
}, 1500);
"""
LISTEN = """<script>
window.faults = [];
addEventListener("error", (event) => window.faults.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => window.faults.push(event.violatedDirective));
</script>"""


def chromium() -> str:
    """The browser's command, or a skipped test."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine")


def measured(page: str, width: int, folder: Path) -> dict[str, Any]:
    """How a page looks at a width: sizes, what sticks out, errors its scripts met."""
    policy_free = page.replace(
        "default-src 'none'; style-src", "script-src 'unsafe-inline'; style-src"
    )
    heard = policy_free.replace("<title>", f"{LISTEN}<title>", 1)
    holder = (
        f'<iframe id="frame" style="width:{width}px;height:800px;border:0" '
        f'srcdoc="{escape(heard)}"></iframe><pre id="found"></pre><script>{MEASURE}</script>'
    )
    path = folder / "holder.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{holder}", encoding="utf-8")
    dom = _run(folder, "--dump-dom", f"file://{path}")
    text = dom.rpartition('<pre id="found">')[2].partition("</pre>")[0]
    found: dict[str, Any] = json.loads(unescape(text))
    return found


def text_of(page: str, width: int, folder: Path) -> str:
    """The words that a reader sees at a width."""
    words: str = measured(page, width, folder)["words"]
    return words


def printed(page: Path, folder: Path) -> bytes:
    """The page as a PDF."""
    target = folder / "page.pdf"
    _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", f"file://{page}")
    return target.read_bytes()


def _run(folder: Path, *arguments: str) -> str:
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [chromium(), *FLAGS, profile, *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout
