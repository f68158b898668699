"""The HTML report in a real browser: accessible, in light and dark, for any text in it. And Mermaid's
own parser on what is exported for it.

Environment: KAUDIT and KAUDIT_REPORT_SAMPLES, the programs; KAUDIT_AXE, axe-core's axe.min.js, and
KAUDIT_MERMAID, mermaid.min.js, else where scripts/lib.sh puts them. Skipped where something is missing, unless KAUDIT_REQUIRE_TOOLS is set.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path


def missing(what):
    print(f"{'missing' if os.environ.get('KAUDIT_REQUIRE_TOOLS') else 'SKIPPED'}: {what}; "
          "scripts/test --full installs it", file=sys.stderr)
    sys.exit(1 if os.environ.get("KAUDIT_REQUIRE_TOOLS") else 77)


try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError as problem:
    missing(f"the HTML report was not tested: {problem}")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    missing("the HTML report was not tested: there is no chromium with chromedriver")
CACHE = os.environ.get("KAUDIT_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kaudit")
AXE = os.environ.get("KAUDIT_AXE") or "".join(
    glob.glob(f"{CACHE}/axe-playwright-python-*/axe_playwright_python/axe.min.js")[-1:])
if not AXE or not os.path.exists(AXE):
    missing("the HTML report was not tested: there is no axe-core")

# Tested where it is: npm has it, and not every machine npm.
MERMAID = os.environ.get("KAUDIT_MERMAID") or "".join(
    glob.glob(f"{CACHE}/mermaid-*/mermaid.min.js")[-1:])

SAMPLES = ("shop", "empty", "exempted", "hostile")
PHONE, DESK = 390, 1200


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="kaudit-html-")
        cls.addClassCleanup(folder.cleanup)
        cls.dir = Path(folder.name)
        subprocess.run([os.environ["KAUDIT_REPORT_SAMPLES"], folder.name], check=True)
        for name in SAMPLES:
            (cls.dir / f"{name}.html").rename(cls.dir / f"{name}-page.html")
        # All surfaces, and every severity.
        subprocess.run([os.environ["KAUDIT"], "manifests/examples/shop", "--no-config", "-q",
                        "-o", str(cls.dir / "real-page.html")],
                       cwd=os.environ["KAUDIT_SOURCE"], check=False)
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage",
                         "disable-background-networking", f"user-data-dir={cls.dir}/profile"):
            options.add_argument("--" + argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        cls.addClassCleanup(cls.browser.quit)
        cls.axe = Path(AXE).read_text(encoding="utf-8")

    def command(self, name, **arguments):
        return self.browser.execute_cdp_cmd(name, arguments)

    def js(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def open(self, name, width=DESK, scheme="light", media="screen"):
        self.command("Emulation.setEmulatedMedia", media=media,
                     features=[{"name": "prefers-color-scheme", "value": scheme},
                               {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900,
                     deviceScaleFactor=1, mobile=width == PHONE)
        # Not the same document with another fragment.
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.get((self.dir / f"{name}-page.html").as_uri())

    def shown(self):
        return self.js("return [...document.querySelectorAll('.finding')]"
                       ".filter((e) => e.checkVisibility()).map((e) => e.id)")

    def of_shown(self, name):
        return set(self.js(f"return [...document.querySelectorAll('.finding')].filter((e) =>"
                           f" e.checkVisibility()).map((e) => e.dataset.{name})"))


class Page(Browser):
    def violations(self):
        self.js("document.querySelectorAll('details').forEach((e) => e.open = true)")
        self.js(self.axe)
        found = self.browser.execute_async_script(
            "const done = arguments[0]; axe.run().then((r) => done(r.violations.map((v) =>"
            " [v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html + ' ' + n.failureSummary)])))")
        return found

    def test_axe_finds_nothing(self):
        self.browser.set_script_timeout(120)
        for name in (*SAMPLES, "real"):
            for scheme in ("light", "dark"):
                for width in (DESK, PHONE):
                    with self.subTest(name=name, scheme=scheme, width=width):
                        self.open(name, width, scheme)
                        self.assertEqual(self.violations(), [])

    def test_axe_would_find_something(self):
        self.open("shop")
        self.js("document.querySelector('select').closest('label').replaceWith("
                "document.querySelector('select'))")
        self.assertEqual([found[0] for found in self.violations()], ["select-name"])

    def test_colours_follow_the_scheme(self):
        seen = set()
        for scheme in ("light", "dark"):
            self.open("shop", scheme=scheme)
            seen.add(self.js("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(seen, {"rgb(246, 247, 249)", "rgb(13, 17, 23)"})

    def test_it_fits_a_phone(self):
        for name in (*SAMPLES, "real"):
            self.open(name, PHONE)
            wide = self.js("document.querySelectorAll('details').forEach((e) => e.open = true);"
                           "return document.documentElement.scrollWidth")
            self.assertEqual(wide, PHONE, name)

    def test_its_own_style_and_script_are_let_in_and_nothing_is_loaded(self):
        for name in (*SAMPLES, "real"):
            self.open(name)
            self.assertEqual(self.browser.get_log("browser"), [], name)
            self.assertEqual(self.js("return performance.getEntriesByType('resource').length"), 0)
            form = self.all("#filters")
            self.assertEqual([f.is_displayed() for f in form], [] if name == "empty" else [True])

    INJECT = """
        const script = document.createElement('script');
        script.textContent = 'window.owned = (window.owned || 0) + 1';
        document.body.append(script);
        const main = document.querySelector('main');
        main.insertAdjacentHTML('beforeend',
            '<button id="b" onclick="window.owned = 1" style="color: rgb(1, 2, 3)">b</button>' +
            '<img src="data:image/png;base64,AA" onerror="window.owned = 1">');
        document.getElementById('b').click();
        const done = arguments[0];
        setTimeout(() => done([window.owned === undefined,
            getComputedStyle(document.getElementById('b')).color !== 'rgb(1, 2, 3)']), 300);
    """

    def test_injected_script_and_style_do_nothing(self):
        self.open("shop")
        self.assertEqual(self.browser.execute_async_script(self.INJECT), [True, True])
        # Without the policy they would.
        page = (self.dir / "shop-page.html").read_text(encoding="utf-8")
        (self.dir / "open-page.html").write_text(page.replace("Content-Security-Policy", "x"),
                                                 encoding="utf-8")
        self.open("open")
        self.assertEqual(self.browser.execute_async_script(self.INJECT), [False, False])

    def test_hostile_text_is_text(self):
        self.open("hostile")
        self.assertEqual(self.js("return [document.scripts.length, document.images.length]"), [1, 0])
        self.assertIn('"><script>alert(1)</script><img', self.js("return document.body.innerText"))
        self.assertEqual(self.js("return [...document.links].map((a) => a.protocol)"
                                 ".filter((p) => p !== 'https:' && p !== 'file:')"), [])

    def test_without_script_all_is_there_but_the_filters(self):
        self.command("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open("real")
            self.assertFalse(self.all("#filters")[0].is_displayed())
            self.assertTrue(self.all(".finding")[0].is_displayed())
            folded = self.all(".more > summary")[0]
            inside = self.all(".more > .finding")[0]
            self.assertFalse(inside.is_displayed())
            folded.click()
            self.assertTrue(inside.is_displayed())
        finally:
            self.command("Emulation.setScriptExecutionDisabled", value=False)

    def test_printed_it_unfolds(self):
        self.open("real", media="print")
        self.assertFalse(self.all("#filters")[0].is_displayed())
        heights = self.js("return [...document.querySelectorAll('.more > .finding')]"
                          ".map((e) => e.getBoundingClientRect().height)")
        self.assertTrue(heights and min(heights) > 20, heights)
        printed = self.command("Page.printToPDF", printBackground=True)["data"]
        self.assertGreater(len(printed), 20000)


class Filters(Browser):
    def choose(self, name, text):
        for option in self.all(f"select[name={name}] option"):
            if option.text == text:
                option.click()
                return
        self.fail(f"no {text} to choose in {name}")

    def test_by_severity(self):
        self.open("real")
        for severity in ("critical", "high", "medium"):
            self.all(f"input[value={severity}]")[0].click()
        self.assertEqual(self.of_shown("severity"), {"low", "info"})
        count = len(self.shown())
        total = len(self.all(".finding"))
        self.assertEqual(self.all("#shown")[0].text, f"{count} of {total} shown")
        # A group of which nothing is left is not shown either.
        for owner in self.all("details.owner"):
            inside = owner.find_elements(By.CSS_SELECTOR, ".finding:not([hidden])")
            self.assertEqual(owner.is_displayed(), bool(inside))

    def test_by_each_choice(self):
        for name, text, value in [("surface", "dockerfile", "dockerfile"),
                                  ("rule", "runtime-socket", "KA1002"),
                                  ("namespace", "shop", None), ("owner", "StatefulSet shop/db", None)]:
            with self.subTest(name=name):
                self.open("real")
                before = set(self.shown())
                self.choose(name, text)
                values = self.of_shown(name)
                self.assertEqual(len(values), 1)
                if value:
                    self.assertEqual(values, {value})
                self.assertTrue(set(self.js(
                    "return [...document.querySelectorAll('.finding:not([hidden])')]"
                    ".map((e) => e.id)")) == set(self.shown()), "unfolded")
                self.all("button[type=reset]")[0].click()
                self.browser.execute_async_script("setTimeout(arguments[0], 50)")
                self.assertEqual(set(self.shown()), before)

    def test_by_words(self):
        self.open("real")
        field = self.all("input[type=search]")[0]
        field.send_keys("DOCKER socket ci-runner.yaml")
        self.assertEqual(self.of_shown("rule"), {"KA1002"})
        field.send_keys(" nowhere")
        self.assertEqual(self.shown(), [])
        self.assertTrue(self.all("#nothing")[0].is_displayed())

    def test_a_link_shows_what_the_filter_hides(self):
        self.open("real")
        self.choose("surface", "dockerfile")
        link = self.all(".first a")[0]
        target = link.get_attribute("href").split("#")[1]
        self.assertNotIn(target, self.shown())
        link.click()
        self.browser.execute_async_script("setTimeout(arguments[0], 200)")
        self.assertIn(target, self.shown())

    def test_folding_all(self):
        self.open("real")
        button = self.all("#fold")[0]
        button.click()
        self.assertEqual(len(self.shown()), len(self.all(".finding")))
        button.click()
        self.assertEqual(self.shown(), [])


class Keyboard(Browser):
    def press(self, *keys):
        self.browser.switch_to.active_element.send_keys(*keys)

    def test_everything_can_be_reached_and_used(self):
        self.open("shop")
        self.all("body")[0].send_keys(Keys.TAB)
        self.assertEqual(self.browser.switch_to.active_element.text, "Skip to the findings")
        wanted = self.js("return [...document.querySelectorAll('a, summary, input, select, button')]"
                         ".filter((e) => e.checkVisibility()).length")
        seen = []
        for _ in range(wanted):
            element = self.browser.switch_to.active_element
            seen.append(element.id)
            outline = self.js("const s = getComputedStyle(arguments[0]);"
                              "return s.outlineStyle + s.outlineWidth", element)
            self.assertEqual(outline, "solid3px", element.get_attribute("outerHTML"))
            self.press(Keys.TAB)
        self.assertEqual(len(set(seen)), wanted)

    def test_keys_filter_and_fold(self):
        self.open("real")
        self.js("document.querySelector('input[value=critical]').focus()")
        self.press(Keys.SPACE)
        self.assertEqual(self.of_shown("severity"), {"high", "medium", "low", "info"})
        self.js("document.querySelector('details.owner:not([hidden]) > summary').focus()")
        owner = self.browser.switch_to.active_element
        was_open = self.js("return arguments[0].parentElement.open", owner)
        self.press(Keys.ENTER)
        self.assertNotEqual(self.js("return arguments[0].parentElement.open", owner), was_open)


class Mermaid(Browser):
    PARSE = ("const [text, done] = arguments; mermaid.parse(text)"
             ".then((r) => done(r.diagramType), (e) => done('refused: ' + e.message))")

    def parse(self, text):
        return self.browser.execute_async_script(self.PARSE, text)

    def test_it_parses_what_is_exported(self):
        if not MERMAID or not os.path.exists(MERMAID):
            print("SKIPPED: Mermaid's parser was not asked: there is none (npm has it; "
                  "scripts/test provides it)", file=sys.stderr)
            self.skipTest("no mermaid.min.js")
        self.browser.set_script_timeout(120)
        self.browser.get("about:blank")
        # A script of the page's, whose variables are everybody's.
        self.command("Runtime.evaluate", expression=Path(MERMAID).read_text(encoding="utf-8"))
        self.assertTrue(self.parse('flowchart LR\n  a["b" --> c\n').startswith("refused: "))
        subprocess.run([os.environ["KAUDIT"], "manifests/examples/shop", "--no-config", "-q",
                        "-f", "mermaid", "-o", str(self.dir / "real.mermaid")],
                       cwd=os.environ["KAUDIT_SOURCE"], check=False)
        exports = sorted(self.dir.glob("*.mermaid"))
        self.assertGreater(len(exports), 5)
        for export in exports:
            text = export.read_text(encoding="utf-8")
            self.assertIn(self.parse(text), ("flowchart", "flowchart-v2"), (export.name, text[:2000]))


if __name__ == "__main__":
    unittest.main()
