"""A page with nothing but views and no server behind it: what a view itself does, without Gradio's part in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route

from seqdemo.components import drawing

ADDRESS = "http://bare.test/"  # answered by the test, never by a network
MOUNT = """
import { views } from "/views.js";
window.mounted = {};
window.mountView = (name, value) => {
  const element = document.createElement("div");
  element.id = name;
  element.className = "block";
  element.innerHTML = '<div class="seqdemo-view"></div>';
  document.body.append(element);
  const props = { value };
  const one = { props, changed: () => {}, told: [] };
  window.mounted[name] = one;
  const tell = (what, values) => one.told.push([what, values]);
  views[name](element, tell, props, {}, null, (_, react) => (one.changed = react));
};
window.putValue = (name, value) => {
  window.mounted[name].props.value = value;
  window.mounted[name].changed();
};
window.ready = true;
"""


def table_of(page: Page, name: str, part: int | None = None) -> list[list[str]]:
    """The cells of a view's table twin, head first; opened anew. part: which one of a table in parts is chosen."""
    fold = page.locator(f"#{name} .seqdemo-folds > details").first
    fold.evaluate("(fold) => { fold.open = false; }")
    page.wait_for_timeout(20)
    fold.evaluate("(fold) => { fold.open = true; }")
    fold.locator("tr").first.wait_for()
    if part is not None:
        fold.locator("select").select_option(str(part))
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    found: list[list[str]] = fold.locator("table").first.evaluate(read)
    return found


def whole_table_of(page: Page, name: str) -> list[list[str]]:
    """All of it, where it is shown in parts, of which the first sums the others up."""
    found = table_of(page, name)
    parts = page.locator(f"#{name} .seqdemo-folds > details").first.locator("select option").count()
    return [found[0], *(row for part in range(1, parts) for row in table_of(page, name, part)[1:])] if parts else found


class Bare:
    """views: name of drawing.VIEWS -> its first payload."""

    def __init__(self, page: Page, views: dict[str, str], search: str = "") -> None:
        self.page, self.complaints = page, list[str]()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.route(ADDRESS + "**", self._answer)
        page.goto(ADDRESS + search)
        page.wait_for_function("window.ready")
        for name, value in views.items():
            page.evaluate("([name, value]) => mountView(name, value)", [name, value])

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith("/views.js"):
            return route.fulfill(body=drawing.script(), content_type="text/javascript")
        sheets = "".join(
            f"#{name} {{ {drawing.stylesheet(*drawing.SHEETS, files.style)} }}" for name, files in drawing.VIEWS.items()
        )
        body = (
            f'<!doctype html><meta charset="utf-8"><style>{sheets}</style><body><script type="module">{MOUNT}</script>'
        )
        return route.fulfill(body=body, content_type="text/html")

    def put(self, name: str, value: str) -> None:
        self.page.evaluate("([name, value]) => putValue(name, value)", [name, value])

    def table(self, name: str) -> list[list[str]]:
        return table_of(self.page, name)

    def parts(self, name: str) -> list[list[str]]:
        return whole_table_of(self.page, name)

    def counted(self) -> dict[str, float]:
        """Elements, listeners and bytes that are alive, after the browser has swept."""
        session: Any = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        for _ in range(2):
            session.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        session.detach()
        return {name: found[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}
