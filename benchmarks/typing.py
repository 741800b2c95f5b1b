"""Search as you type: from the key that is pressed to the results that are painted, in Chromium.

    python -m benchmarks.typing BUILD_DIR

BUILD_DIR is what `kb build` made. It needs what `make test` installs (Playwright) and a Chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page, sync_playwright

from benchmarks.load import service

HOST = "127.0.0.1"
QUERIES = {
    "zh": ("电瓶车上楼充电", "楼道堆满杂物怎么办", "地锁拆了又装", "下雨就积水", "晚上广场舞太吵"),
    "en": ("wires hanging from windows", "bikes block the fire lane", "shop tables on pavement"),
}
ROUNDS = 3
# The box waits this long for the next key before it asks; people do not wait for what they type.
WAIT_IN_BOX = 20
# Marks each key, and the first frame after the results that follow it. Results stand for one text:
# the field's, and are new whenever the list is filled anew.
WATCH = """() => {
    self.times = [];
    let pressed = 0;
    const list = document.querySelector(".kb-dialog [role=listbox]");
    const field = document.querySelector(".kb-dialog [role=combobox]");
    field.addEventListener("input", () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        const began = pressed;
        if (!began || !list.children.length) return;
        pressed = 0;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => self.times.push(performance.now() - began);
            channel.port2.postMessage(0);
        });
    }).observe(list, {childList: true});
}"""


def measured(page: Page, address: str, lang: str) -> list[float]:
    """Milliseconds from each key to painted results, for all queries of a language."""
    page.goto(f"{address}/{lang}/")
    page.locator(".kb-find-button").click()
    page.evaluate(WATCH)
    for text in QUERIES[lang] * ROUNDS:
        page.locator(".kb-dialog [role=combobox]").fill("")
        page.wait_for_timeout(300)
        for letter in text:
            page.keyboard.insert_text(letter)
            page.wait_for_timeout(250)
    times: list[float] = page.evaluate("self.times")
    return times


def main() -> None:
    """Print the median and the 95th percentile of each language."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with service(Path(sys.argv[1])) as port, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        for lang in QUERIES:
            times = measured(browser.new_page(), f"http://{HOST}:{port}", lang)
            cuts = quantiles(times, n=20)
            print(
                f"{lang}: {len(times)} keys, median {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms, "
                f"of which {WAIT_IN_BOX} ms are the wait for the next key"
            )
        browser.close()


if __name__ == "__main__":
    main()
