"""For everybody: by keyboard, by ear, enlarged, in forced colours, with a thumb."""

import pytest
from axe_playwright_python.sync_playwright import Axe

LANGS = ("zh", "en")
TEMPLATES = (
    "",
    "problems/",
    "problems/ebike-corridor/",
    "groups/ebikes-fire/",
    "groups/duties/",
    "cases/",
    "cases/shed-before-ban/",
    "cases/locks-came-back/",
    "guides/",
    "guides/daily-patrol/",
    "sessions/",
    "sessions/charging-hour/",
    "plans/",
    "plans/plan-2027/",
    "about/",
    "about/how-this-is-made/",
    "glossary/",
    "search",
    "search?q=119",
    "search?q=%E5%85%85%E7%94%B5",
    "search?q=charging&kind=case",
    "search?q=xyzzyplugh",
    "weekly",
)
HITS = ".kb-dialog [role=option]"
DANGER = {"zh": "着火了", "en": "smoke, something burning"}
# Everything that can be operated, but for links within running text and what is hidden.
SMALL = """() => {
    const operated = "a[href], button, summary, select, textarea, input:not([type=hidden]), label";
    const running = (element) => {
        const block = element.closest("p, dd, td, blockquote, figcaption, li, dt");
        const own = element.textContent.trim().length;
        return block && getComputedStyle(element).display === "inline"
            && block.textContent.trim().length > own + 1;
    };
    return [...document.querySelectorAll(operated)].filter((element) => {
        if (!element.checkVisibility({opacityProperty: false, visibilityProperty: true})) return false;
        if (element.matches(".kb-skip") || element.closest(".kb-hidden")) return false;
        if (element.matches("input") && element.closest("label")) return false;
        if (element.matches("label[for]") || running(element)) return false;
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.height < 43.5 || box.width < 43.5);
    }).map((element) => {
        const box = element.getBoundingClientRect();
        const name = element.className || element.parentElement.className || element.tagName;
        return `${name} “${element.textContent.trim().slice(0, 20)}” ${Math.round(box.width)}×${Math.round(box.height)}`;
    });
}"""
# Text that is read on, in paragraphs and lists of its own.
BODY = """() => [...document.querySelectorAll(
    ".kb-article > p:not([class]), .kb-article > ul:not([class]) > li, .kb-article > ol:not([class]) > li"
)].map((element) => parseFloat(getComputedStyle(element).fontSize))"""
SIDEWAYS = """() => {
    const within = ".kb-jumps, .kb-letters, .kb-hidden, .kb-skip, .kb-brand, thead, pre, "
        + ".kb-dialog__suggestions, .kb-dialog .kb-choices";
    const wide = [...document.querySelectorAll("body *")].filter((element) =>
        !element.closest(within) && element.getBoundingClientRect().right > innerWidth + 1);
    return [document.documentElement.scrollWidth - innerWidth, wide.map((e) => e.className || e.tagName)];
}"""


def violations(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def enlarge(page, size):
    page.evaluate("(size) => localStorage.setItem('kb-text', size)", size)
    page.reload()
    assert page.locator("html").get_attribute("data-text") == size


@pytest.fixture
def ask(visit):
    """Type into the search box and wait until it is answered."""

    def type_in(words, path, **options):
        page = visit(path, **options)
        page.locator(".kb-find-button").click()
        page.keyboard.insert_text(words)
        page.locator(f"{HITS}, .kb-dialog .kb-empty").first.wait_for()
        return page

    return type_in


@pytest.mark.parametrize("path", TEMPLATES)
def test_no_rule_of_access_is_broken(visit, device, path):
    # Every template on both devices, in both schemes and both languages, which take turns: sizes
    # come from the device alone, and colours from the scheme.
    turn = (TEMPLATES.index(path) + ("has_touch" in device)) % 2
    lang, scheme = LANGS[turn], ("light", "dark")[turn]
    page = visit(f"/{lang}/{path}", **device, color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("words", ["results", "danger", "nothing"])
def test_no_rule_of_access_is_broken_in_the_search_box(ask, phone, lang, scheme, words):
    typed = {"results": "充电", "danger": DANGER[lang], "nothing": "xyzzyplugh"}[words]
    page = ask(typed, f"/{lang}/", **phone, color_scheme=scheme)
    assert page.locator(".kb-dialog .kb-emergency").count() == (words == "danger")
    if words == "results":
        page.keyboard.press("ArrowDown")
    assert violations(page) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_access_is_broken_in_what_opens(visit, phone, lang, scheme):
    page = visit(f"/{lang}/guides/daily-patrol/", **phone, color_scheme=scheme)
    page.locator(".kb-text summary").click()
    assert violations(page) == []
    page.locator(".kb-menu summary").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".kb-aloud button").click()
    assert violations(page) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_access_is_broken_where_there_is_no_page(browser, service_url, lang, scheme):
    context = browser.new_context(base_url=service_url, color_scheme=scheme)
    page = context.new_page()
    assert page.goto(f"/{lang}/nothing/").status == 404
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", TEMPLATES)
def test_what_is_tapped_is_44_pixels_and_what_is_read_17(visit, phone, lang, path):
    page = visit(f"/{lang}/{path}", **phone)
    assert page.evaluate(SMALL) == []
    assert all(size >= 17 for size in page.evaluate(BODY))
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 17


@pytest.mark.parametrize("words", ["充电", "xyzzyplugh", "着火了"])
def test_what_is_tapped_in_the_search_box_is_44_pixels(ask, phone, words):
    page = ask(words, "/zh/", **phone)
    assert [small for small in page.evaluate(SMALL) if "kb-read" not in small] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", TEMPLATES)
def test_the_largest_text_needs_no_sideways_scrolling(visit, lang, path):
    page = visit(f"/{lang}/{path}", viewport={"width": 360, "height": 640})
    enlarge(page, "largest")
    over, wide = page.evaluate(SIDEWAYS)
    assert (over, wide) == (0, [])
    # Twice as large on a desktop: half as many pixels of the style sheet.
    for width, height in ((640, 400), (720, 450), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        over, wide = page.evaluate(SIDEWAYS)
        assert (over, wide) == (0, []), width


@pytest.mark.parametrize("lang", LANGS)
def test_the_search_box_fits_at_the_largest_text(ask, lang):
    page = ask("充电", f"/{lang}/", viewport={"width": 360, "height": 640})
    enlarge(page, "largest")
    page.locator(".kb-find-button").click()
    page.keyboard.insert_text(DANGER[lang])
    page.locator(f"{HITS}, .kb-dialog .kb-empty").first.wait_for()
    over, wide = page.evaluate(SIDEWAYS)
    assert (over, wide) == (0, [])


def test_the_size_of_text_is_chosen_in_the_header_and_kept(visit, phone):
    page = visit("/zh/", **phone)
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    sizes = [page.evaluate(size)]
    for name in ("大", "特大"):
        page.locator(".kb-text summary").click()
        page.get_by_role("radio", name=name, exact=True).check(force=True)
        page.keyboard.press("Escape")
        sizes.append(page.evaluate(size))
        assert page.locator(".kb-text__panel").is_hidden()
    assert sizes == sorted(set(sizes))
    assert sizes[-1] >= 17 * 1.3
    page.goto("/en/cases/")
    assert page.evaluate(size) == sizes[-1]
    page.locator(".kb-text summary").click()
    assert page.get_by_role("radio", name="Largest").is_checked()
    page.get_by_role("radio", name="Standard").check(force=True)
    page.reload()
    assert page.evaluate(size) == 17


def test_the_size_of_text_is_in_force_before_the_first_paint(visit, phone):
    page = visit("/zh/", **phone)
    enlarge(page, "largest")
    scripts = page.evaluate(
        "[...document.head.querySelectorAll('script[src]')].map((s) => s.defer)"
    )
    assert scripts == [False]
    body = page.evaluate(
        "document.body.matches('html > body') && document.head.contains(document.querySelector('script[src*=scheme]'))"
    )
    assert body


def test_a_browser_that_keeps_nothing_still_enlarges(browser, service_url):
    context = browser.new_context(base_url=service_url)
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
    )
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/en/")
    page.locator(".kb-text summary").click()
    page.get_by_role("radio", name="Largest").check(force=True)
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > 17
    assert errors == []
    context.close()


def test_without_a_script_no_control_that_needs_one_is_shown(visit, phone):
    page = visit("/zh/guides/daily-patrol/", **phone, java_script_enabled=False)
    for name in (".kb-text", ".kb-scheme", ".kb-feedback", ".kb-aloud", ".kb-progress"):
        assert page.locator(name).count() > 0, name
        assert page.locator(f"{name}:visible").count() == 0, name
    assert page.locator(".kb-check input").first.is_visible()


# --- By keyboard and by ear -----------------------------------------------------------------------


def focused(page):
    return page.evaluate(
        "(document.activeElement.className || document.activeElement.id || '').toString()"
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_key_leads_past_the_header(visit, desktop, lang):
    page = visit(f"/{lang}/cases/shed-before-ban/", **desktop)
    page.keyboard.press("Tab")
    assert focused(page) == "kb-skip"
    box = page.locator(".kb-skip").bounding_box()
    assert box["height"] >= 44
    assert page.locator(".kb-skip").evaluate("(e) => getComputedStyle(e).clipPath") == "none"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('#kb-content') !== null"
    assert page.evaluate(inside)


def test_everything_in_the_header_is_reached_by_keyboard_and_is_seen_to_be(visit, desktop):
    page = visit("/en/", **desktop)
    reached = []
    for _ in range(16):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.kb-header') === null"):
            break
        reached.append(focused(page))
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", reached[-1]
    for name in ("kb-brand", "kb-find-button", "kb-twin", "kb-scheme"):
        assert any(name in each for each in reached), name
    assert any(each == "kb-icon" for each in reached)


def test_the_search_box_is_a_combobox_to_who_listens(ask, desktop):
    page = ask("充电", "/zh/", **desktop)
    field = page.locator("input[role=combobox]")
    assert field.get_attribute("aria-autocomplete") == "list"
    assert field.get_attribute("aria-expanded") == "true"
    assert (
        page.locator(f"#{field.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    )
    status = page.locator(".kb-dialog__status")
    assert status.get_attribute("role") == "status"
    assert status.inner_text() == f"{page.locator(HITS).count()}条结果"
    page.keyboard.press("ArrowDown")
    active = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("role") == "option"
    assert active.get_attribute("aria-selected") == "true"
    assert field.evaluate("(e) => e === document.activeElement")
    field.fill("xyzzyplugh")
    page.locator(".kb-dialog .kb-empty").wait_for()
    assert field.get_attribute("aria-expanded") == "false"
    assert field.get_attribute("aria-activedescendant") is None
    assert status.inner_text() == "0条结果"


def test_the_keyboard_stays_in_the_search_box_and_goes_back_where_it_was(ask, desktop):
    page = ask("充电", "/zh/", **desktop)
    for _ in range(30):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('.kb-dialog') !== null"
        )
        assert inside
    page.locator("input[role=combobox]").focus()
    page.keyboard.press("Escape")
    assert page.locator(".kb-dialog").is_hidden()
    assert "kb-find-button" in focused(page)
    page.locator(".kb-twin").focus()
    page.keyboard.press("/")
    assert page.locator("input[role=combobox]").evaluate("(e) => e === document.activeElement")
    page.keyboard.press("Escape")
    assert focused(page) == "kb-twin"


def test_nothing_moves_for_who_asked_for_less_motion(visit, desktop):
    page = visit("/zh/cases/shed-before-ban/", **desktop, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        const slow = style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
        return style.animationName !== "none" || (slow && style.transitionProperty !== "none");
    }).length"""
    assert page.evaluate(moving) == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_shapes_and_choices_are_seen_where_the_system_sets_the_colours(visit, desktop):
    page = visit("/zh/cases/", **desktop, forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    shape = page.evaluate(
        "getComputedStyle(document.querySelector('.kb-evidence'), '::before').backgroundColor"
    )
    assert shape != ground
    chosen, other = page.evaluate(
        "[...document.querySelectorAll('.kb-article .kb-choice span')].slice(0, 2).map("
        "(e) => getComputedStyle(e).backgroundColor)"
    )
    assert chosen != other
