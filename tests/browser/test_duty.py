"""Duty guides: ticked in the lane, read to a room."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

GUIDE = "/zh/guides/daily-patrol/"
DAILY = "#ticks-daily input"
SIZES = [(1920, 1080), (1024, 768), (390, 844), (360, 640)]


@pytest.fixture
def at(browser, service_url, phone):
    """A guide on a phone whose clock stands at that day: `page = at("2026-11-23")`."""
    context = browser.new_context(base_url=service_url, **phone)

    def go(day, path=GUIDE):
        page = context.new_page()
        page.clock.set_fixed_time(datetime.fromisoformat(f"{day}T09:00:00"))
        page.goto(path)
        return page

    yield go
    context.close()


def ticked(page):
    return {
        name: page.locator(f"#ticks-{name} input").first.is_checked()
        for name in ("daily", "weekly", "monthly")
    }


def test_a_line_is_ticked_by_a_thumb_and_counted(visit, phone):
    page = visit(GUIDE, **phone)
    progress = page.locator("[data-counts=ticks-daily]")
    assert progress.inner_text() == "0/1"
    label = page.locator("#ticks-daily label").first
    assert label.bounding_box()["height"] >= 44
    label.click()
    assert progress.inner_text() == "1/1"
    page.reload()
    assert page.locator(DAILY).first.is_checked()
    page.locator(DAILY).first.focus()
    page.keyboard.press("Space")
    assert progress.inner_text() == "0/1"


@pytest.mark.parametrize(
    ("day", "left"),
    [
        ("2026-11-25", {"daily", "weekly", "monthly"}),  # the same Wednesday
        ("2026-11-26", {"weekly", "monthly"}),
        ("2026-11-29", {"weekly", "monthly"}),  # Sunday of the same week
        ("2026-11-30", {"monthly"}),  # Monday
        ("2026-12-01", set()),
        ("2027-11-25", set()),
    ],
)
def test_a_list_starts_afresh_each_day_week_and_month(at, day, left):
    page = at("2026-11-25")
    for box in page.locator(".kb-routine input").all():
        box.check()
    assert {name for name, on in ticked(at(day)).items() if on} == left


def test_ticks_are_the_same_in_both_languages(at):
    at("2026-11-25").locator(DAILY).first.check()
    assert at("2026-11-25", "/en/guides/daily-patrol/").locator(DAILY).first.is_checked()


@pytest.mark.parametrize("kept", ["{", "7", '{"of": 1, "since": "2026-11-25", "done": 1}'])
def test_ticks_that_cannot_be_read_are_forgotten(at, kept):
    page = at("2026-11-25")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate("(kept) => localStorage.setItem('kb-ticks:daily-patrol:ticks-daily', kept)", kept)
    page.reload()
    assert not page.locator(DAILY).first.is_checked()
    assert errors == []


def test_ticks_never_leave_the_phone(visit, phone):
    page = visit(GUIDE, **phone)
    asked = []
    page.on("request", lambda request: asked.append(request.method))
    page.locator(DAILY).first.check()
    page.wait_for_timeout(200)
    assert set(asked) <= {"GET"}
    assert page.context.cookies() == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_guide_is_read_one_thing_at_a_time_in_huge_type(visit, lang, size):
    page = visit(f"/{lang}/guides/daily-patrol/", viewport={"width": size[0], "height": size[1]})
    page.locator(".kb-aloud button").click()
    seen = []
    for _ in range(60):
        stage = page.locator(".kb-read__stage")
        seen.append(stage.inner_text().strip())
        wide = "(e) => e.scrollWidth - e.clientWidth"
        assert stage.evaluate(wide) <= 0, seen[-1]
        text = stage.locator(".kb-read__text")
        if text.count():
            font = text.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
            assert font >= (44 if size[0] >= 1024 else 24), seen[-1]
        if page.locator(".kb-read .kb-button--main").get_attribute("aria-disabled") == "true":
            break
        page.keyboard.press("ArrowRight")
    wanted = {
        "zh": ["日常巡查怎么走", "走一遍主路线", "出门带名单", "只看地面,不抬头。", "不执法"],
        "en": ["How to walk the daily patrol", "Walk the main route", "Take the list along",
               "Looking at the ground only.", "No enforcement"],
    }[lang]  # fmt: skip
    assert all(any(words in each for each in seen) for words in wanted)
    assert page.locator(".kb-read__count").inner_text() == f"{len(seen)} / {len(seen)}"
    box = page.locator(".kb-read").bounding_box()
    assert (box["width"], box["height"]) == size


def test_the_large_view_turns_by_tap_key_and_swipe_and_gives_the_page_back(visit, phone):
    page = visit(GUIDE, **phone)
    page.locator(".kb-aloud button").click()
    count = page.locator(".kb-read__count")

    def now():
        return int(count.inner_text().split("/")[0])

    for key, there in [("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("Home", 1)]:
        page.keyboard.press(key)
        assert now() == there, key
    page.touchscreen.tap(300, 400)
    assert now() == 2
    page.touchscreen.tap(40, 400)
    assert now() == 1
    page.mouse.move(300, 400)
    page.mouse.down()
    page.mouse.move(100, 410)
    page.mouse.up()
    assert now() == 2
    page.mouse.down()
    page.mouse.move(300, 400)
    page.mouse.up()
    assert now() == 1
    page.keyboard.press("ArrowLeft")
    assert now() == 1
    page.keyboard.press("End")
    last = now()
    page.keyboard.press("ArrowRight")
    assert now() == last
    # A page that is loaded again goes on where it was; once closed it is a page like any other.
    page.keyboard.press("ArrowLeft")
    page.reload()
    count.wait_for()
    assert now() == last - 1
    page.keyboard.press("Escape")
    expect(page.locator(".kb-read")).to_be_hidden()
    page.wait_for_url(lambda url: "#" not in url)
    page.reload()
    expect(page.locator(".kb-read")).to_have_count(0)
    page.locator(".kb-aloud button").click()
    assert now() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.parentElement.className").startswith("kb-aloud")


def test_the_table_of_who_does_what_is_shown_whole(visit, desktop):
    page = visit(GUIDE, **desktop)
    page.locator(".kb-aloud button").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    cells = page.locator(".kb-read td").all_inner_texts()
    assert cells == page.locator(".kb-article .kb-table td").all_inner_texts()
    assert page.locator(".kb-read__head").inner_text() == "谁做什么"
