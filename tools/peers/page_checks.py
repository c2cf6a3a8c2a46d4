"""What a page in headless Chromium has to hold, whatever it shows: for pages.py.

A page is looked at in a width and a theme: no text overlaps another or is cut off, nothing is wider than the
window, names and contrast keep the rules of WCAG 2.1 AA (by axe-core), the console has no errors, and nothing
is asked of another host.
"""

from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
WIDTHS = (360, 1280)
THEMES = ("light", "dark")

# Where every piece of text is drawn; then the ones that meet, leave the window, or leave a box that cuts.
LAYOUT = """
() => {
  const problems = [];
  const pieces = [];
  // What is made a pixel large is for screen readers alone.
  const isForReaders = (element) => {
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const { width, height } = box.getBoundingClientRect();
      if (width <= 1 && height <= 1 && getComputedStyle(box).overflow === "hidden") return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (isForReaders(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width > 1 && rect.height > 1) pieces.push({ parent, rect, text: node.data.trim().slice(0, 40) });
    }
  }
  for (const { parent, rect, text } of pieces) {
    let scrolls = false;
    for (let box = parent; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === "inline" || style.overflowX === "visible") continue;
      if (style.overflowX === "auto" || style.overflowX === "scroll") { scrolls = true; break; }
      const bounds = box.getBoundingClientRect();
      if (rect.left < bounds.left - 1 || rect.right > bounds.right + 1
          || rect.top < bounds.top - 1 || rect.bottom > bounds.bottom + 1) problems.push(`cut: ${text}`);
    }
    if (!scrolls && (rect.left < -1 || rect.right > innerWidth + 1)) problems.push(`outside the window: ${text}`);
  }
  for (let i = 0; i < pieces.length; i++) {
    for (let j = i + 1; j < pieces.length; j++) {
      const a = pieces[i], b = pieces[j];
      if (a.parent === b.parent || a.parent.contains(b.parent) || b.parent.contains(a.parent)) continue;
      const width = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const height = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
      // Lines' boxes may touch; letters may not.
      if (width > 2 && height > Math.min(a.rect.height, b.rect.height) * 0.3) problems.push(`overlap: ${a.text} / ${b.text}`);
    }
  }
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) problems.push(`the page is ${wide} pixels wide in a window of ${innerWidth}`);
  return { problems: problems.slice(0, 10), pieces: pieces.length };
}
"""


class Looks:
    """Opens pages in every width and theme and gathers what is wrong with them."""

    def __init__(self, browser: Browser, screenshots: Path | None):
        self.browser, self.screenshots = browser, screenshots
        self.problems: list[str] = []
        self.looked = 0
        self.pieces = 0

    def open(self, url: str, width: int, theme: str, language: str) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, reduced_motion="reduce")
        page = context.new_page()
        host = urlsplit(url).netloc
        # Requests that a page cancels itself, as when one goes on typing, are no failures.
        page.on("console", lambda message: message.type in ("error", "warning")
                and self.problems.append(f"{url}: console: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"{url}: {error}"))
        page.on("request", lambda request: urlsplit(request.url).netloc != host
                and not request.url.startswith("data:") and self.problems.append(f"{url}: asks for {request.url}"))
        page.goto(url)
        return page

    def check(self, page: Page, what: str) -> None:
        """Looks at the page as it is now."""
        self.looked += 1
        found = page.evaluate(LAYOUT)
        self.pieces += found["pieces"]
        self.problems += [f"{what}: {problem}" for problem in found["problems"]]
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response
        for violation in results["violations"]:
            places = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
            self.problems.append(f"{what}: {violation['id']}: {violation['help']}: {', '.join(places)}")
        if self.screenshots:
            page.screenshot(path=self.screenshots / f"{what.replace(' ', '-').replace(',', '')}.png", full_page=True)

    def expect(self, is_so: bool, what: str) -> None:
        if not is_so:
            self.problems.append(what)
