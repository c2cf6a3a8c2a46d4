"""Do the pages that people see hold in headless Chromium?

The service's page is used by keyboard, in English and Japanese, light and dark, in windows of 360 and 1,280
pixels: typing finds, keys work, scripts in documents are shown as text, doubtful answers are told to be so.
Reports of `kotae pilot` that are named are looked at likewise, and as they are printed.

    tools/packages chromium fonts-noto-cjk
    tools/peers/setup
    .peers/pages/bin/python tools/peers/pages.py [--report pilot/report.html …] [--screenshots FOLDER]

KOTAE and KOTAE_MODELS: see README.md. Exits with 1 when something is wrong, after telling all that is.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

import kotae
import service
from page_checks import CHROMIUM, THEMES, WIDTHS, Looks

PORT = 18769
SCRIPT = "<script>window.intruder = 1</script><img src=x onerror='window.intruder = 1'>"
WORDS = {
    "en": {"index": "faq", "question": "how do I change my password", "doubtful": "zebra stripes on the moon",
           "unsure": "No confident answer", "language": "日本語"},
    "ja": {"index": "faq-ja", "question": "ホトリIDのパスワードを忘れたときはどうすればいいですか？", "doubtful": "月の裏側のしまうま",
           "unsure": "確信のある回答はありません", "language": "English"},
}


def build(folder: Path) -> None:
    """The samples, each with a document that would run a script, and calibrated on easy questions."""
    for language, sample in (("en", "support-faq"), ("ja", "support-faq-ja")):
        lines = Path(f"indexes/{sample}/corpus.jsonl").read_text(encoding="utf-8").splitlines()
        documents = [json.loads(line) for line in lines]
        easy = [{"query": document["question"] + "?", "positive_id": document["id"]} for document in documents]
        documents.append({"id": "intruder", "question": f"password {SCRIPT}", "answer": SCRIPT,
                          "alternates": [WORDS[language]["question"] + SCRIPT]})
        index = folder / WORDS[language]["index"]
        service.build_index(index, documents)
        pairs, unanswerable = folder / "easy.jsonl", folder / "unanswerable.txt"
        pairs.write_text("".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in easy), encoding="utf-8")
        unanswerable.write_text("".join(f"{words['doubtful']} {number}\n" for words in WORDS.values()
                                        for number in range(20)), encoding="utf-8")
        kotae.run("calibrate", index, "--pairs", pairs, "--unanswerable", unanswerable, "--quiet")


def use(page: Page, looks: Looks, what: str, language: str) -> None:
    """Goes through the service's page by keyboard."""
    words = WORDS[language]
    questions = page.locator("#results .question")
    expect(page.locator("#query")).to_be_focused()
    looks.check(page, f"{what}, empty")
    page.locator("#index").select_option(words["index"])
    page.locator("#query").focus()
    page.keyboard.type(words["question"], delay=20)
    expect(questions).to_have_count(10)
    expect(questions.first).to_have_attribute("aria-expanded", "true")
    looks.check(page, f"{what}, found")

    page.keyboard.press("ArrowDown")
    expect(questions.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(questions.nth(0)).to_have_attribute("aria-expanded", "false")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(questions.nth(9)).to_have_attribute("aria-expanded", "true")
    looks.check(page, f"{what}, all open")
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type(words["doubtful"], delay=20)
    expect(page.locator("#status")).to_contain_text(words["unsure"])
    looks.check(page, f"{what}, doubtful")

    page.keyboard.press("Escape")
    expect(questions).to_have_count(0)
    page.keyboard.type(f"{words['question']} script", delay=20)
    expect(page.locator("#results", has_text="<script>window.intruder")).to_be_visible()
    looks.expect(page.evaluate("window.intruder === undefined"), f"{what}: a document's script ran")
    page.locator("#unhelpful button").click()
    expect(page.locator("#unhelpful")).to_be_hidden()
    looks.check(page, f"{what}, rated")
    # Every place that takes the keyboard can be reached by it alone.
    page.locator("#query").focus()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#language")).to_be_focused()
    expect(page.locator("#language")).to_have_text(words["language"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", type=Path, nargs="*", default=[], help="a report.html of kotae pilot")
    parser.add_argument("--screenshots", type=Path, help="keep a picture of every look in this folder")
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    print(kotae.versions("kotae", "playwright", "axe-playwright-python"))
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        build(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        print(f"Chromium {browser.version}")
        looks = Looks(browser, arguments.screenshots)
        url = f"http://127.0.0.1:{PORT}"
        process = service.start(
            [kotae.COMMAND, "serve", folder / "faq", folder / "faq-ja", "--port", PORT, "--feedback", folder / "said"],
            url + "/ready")
        try:
            for language in WORDS:
                for theme in THEMES:
                    for width in WIDTHS:
                        page = looks.open(url + "/", width, theme, language)
                        use(page, looks, f"page {language} {theme} {width}", language)
                        page.context.close()
        finally:
            service.stop(process)
        for number, report in enumerate(arguments.report, 1):
            for theme in THEMES:
                for width in WIDTHS:
                    page = looks.open(report.resolve().as_uri(), width, theme, "en")
                    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
                    looks.check(page, f"report {number} {theme} {width}")
                    page.context.close()
            page = looks.open(report.resolve().as_uri(), 794, "light", "en")
            page.emulate_media(media="print")
            looks.check(page, f"report {number} printed")
            page.context.close()
        browser.close()
    print(f"{looks.looked} looks at {looks.pieces:,} pieces of text, {len(looks.problems)} problems")
    if looks.problems:
        sys.exit("\n".join(dict.fromkeys(looks.problems)))


if __name__ == "__main__":
    main()
