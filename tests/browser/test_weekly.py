"""Five questions a week on a phone: the rule there, a round without network, starting afresh."""

import json
import random
import sqlite3
from dataclasses import astuple
from datetime import date, timedelta
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb_app.weekly import Item, Known, answered, chosen, due_on
from kb_app.weekly.spacing import after

MONDAY = date(2026, 11, 23)
OPTION = "button.kb-weekly__option"
NEXT = ".kb-weekly__live .kb-button--main"
END = ".kb-weekly__end"
KEPT = "JSON.parse(localStorage.getItem('kb-weekly'))"
RULE = """(cases) => cases.map(([rows, known, day, week, choice]) => {
    const rule = LanewiseWeekly;
    const items = rows.map(rule.unpacked);
    const five = rule.chosen(items, known, day, week);
    return five.map((item) => {
        const kept = rule.answered(item, known[item.id], choice, day);
        return [item.id, rule.after(item, known[item.id]), kept, rule.dueOn(kept)];
    });
})"""


def case(chance):
    """A bank, what a phone knows of it, a day of a week, and a choice."""
    items = [
        Item(f"page-{n}.{chance.randrange(9**8):08x}", "?", ("a", "b"), 1, "", "/", "", (), "p")
        for n in range(chance.randrange(20))
    ]
    week = MONDAY + timedelta(weeks=chance.randrange(60))
    day = week + timedelta(days=chance.randrange(7))
    known = {
        item.id: Known(
            chance.randrange(5), day - timedelta(days=chance.randrange(50)), chance.choice("pppq")
        )
        for item in items
        if chance.random() < 0.7
    }
    return items, known, day, week, chance.choice([1, 1, 2])


def as_sent(items, known, day, week, choice):
    kept = {name: [k.next, k.on.isoformat(), k.print] for name, k in known.items()}
    return [[astuple(item) for item in items], kept, day.isoformat(), week.isoformat(), choice]


def as_told(items, known, day, week, choice):
    told = []
    for item in chosen(items, known, day, week):
        before = known.get(item.id)
        kept = answered(item, before, choice, day)
        due = due_on(kept)
        row = [kept.next, kept.on.isoformat(), kept.print]
        told.append([item.id, str(after(item, before)), row, due and due.isoformat()])
    return told


def test_the_phone_chooses_by_the_rule_that_is_written_down(visit, phone):
    chance = random.Random(2026)
    cases = [case(chance) for _ in range(400)]
    page = visit("/en/weekly", **phone)
    assert page.evaluate(RULE, [as_sent(*each) for each in cases]) == [as_told(*e) for e in cases]


def test_a_round_is_answered_without_network_counted_later_and_can_be_forgotten(
    browser, built, serve, tmp_path, *, phone, until
):
    folders = {"content_dir": built.content_dir, "build_dir": built.build_dir}
    with serve(**folders, data_dir=tmp_path / "var") as url:
        context = browser.new_context(base_url=url, **phone)
        page = context.new_page()
        page.goto("/zh/weekly")
        expect(page.locator(OPTION)).to_have_count(2)
        page.reload()  # so that the worker has seen the page
        expect(page.locator(".kb-offline__line")).to_contain_text("离线可用", timeout=60_000)
        context.set_offline(True)
        page.goto("/zh/weekly")
        first = page.locator(".kb-weekly__live h2").inner_text()
        page.locator(OPTION, has_text="剪线").click()
        expect(page.locator(".kb-weekly__verdict")).to_contain_text("这次没对")
        expect(page.locator(".kb-weekly__verdict")).to_be_focused()
        expect(page.locator("li.kb-weekly__option--right")).to_contain_text("正确答案")
        assert page.locator("a.kb-weekly__read").get_attribute("href").endswith("#decision")
        page.goto("/zh/weekly")  # what was answered is not asked again
        assert "第 2 题，共 2 题" in page.locator(".kb-weekly__place").inner_text()
        assert page.locator(".kb-weekly__live h2").inner_text() != first
        page.locator(OPTION, has_text="装插座").click()
        expect(page.locator(".kb-weekly__verdict")).to_have_text("答对了。")
        page.locator(NEXT).click()
        expect(page.locator(END)).to_contain_text("这周的题答完了")
        assert [step for step, *_ in page.evaluate(f"Object.values({KEPT}.known)")] == [0, 0]
        context.set_offline(False)
        page.goto("/en/weekly")  # the other language is the same round
        expect(page.locator(END)).to_contain_text("Done for this week")
        until(page, lambda: page.evaluate("LanewiseOutbox.waiting()") == 0)
        assert Axe().run(page).response["violations"] == []
        page.locator(".kb-weekly__own > summary").click()
        page.once("dialog", lambda asked: asked.accept())
        page.locator(".kb-weekly__forget").click()
        expect(page.locator(".kb-weekly__told")).to_have_text("Deleted. You start afresh.")
        expect(page.locator(OPTION)).to_have_count(2)
        assert page.evaluate(f"Object.keys({KEPT}.known)") == []
        context.set_offline(True)  # what waits to be sent is deleted too, but nothing else
        page.locator(OPTION).first.click()
        page.evaluate("LanewiseOutbox.add('/api/v1/feedback', {}, Date.now() + 60000)")
        assert page.evaluate("LanewiseOutbox.waiting()") == 2
        page.once("dialog", lambda asked: asked.accept())
        page.locator(".kb-weekly__forget").click()
        until(page, lambda: page.evaluate("LanewiseOutbox.waiting()") == 1)
        context.close()
        with urlopen(f"{url}/zh/weekly.json") as answer:
            bank = {row[0] for row in json.load(answer)[0]}
    assert counted(tmp_path) == {(item, 1) for item in bank}


def counted(folder):
    """How often each item was answered, by the database of a service."""
    with sqlite3.connect(folder / "var" / "lanewise.db") as connection:
        return set(connection.execute("select item, sum(count) from choices group by item"))


@pytest.mark.parametrize("broken", ["{", "[]", '{"known": {"a": 1}, "topics": 3, "round": "x"}'])
def test_what_is_kept_and_cannot_be_read_is_as_if_nothing_were(visit, phone, broken):
    page = visit("/en/weekly", **phone)
    page.evaluate("(text) => localStorage.setItem('kb-weekly', text)", broken)
    page.reload()
    expect(page.locator(OPTION)).to_have_count(2)


def test_only_the_problems_of_a_chief_are_asked_and_a_changed_rule_is_asked_again(visit, phone):
    page = visit("/en/weekly", **phone)
    page.locator(OPTION, has_text="Sockets").click()
    known = page.evaluate(f"{KEPT}.known")
    (done,) = known
    page.evaluate(
        """([id, topic]) => localStorage.setItem("kb-weekly", JSON.stringify({
            known: {[id]: [4, "2020-01-01", "another print"]}, topics: [topic], round: null,
        }))""",
        [done, "fire-lane"],
    )
    page.reload()
    expect(page.locator(END)).to_contain_text("Nothing to ask this week")
    page.locator(".kb-weekly__own > summary").click()
    assert Axe().run(page).response["violations"] == []
    box = page.locator(".kb-weekly__topics input").first
    box.check()
    expect(page.locator(".kb-weekly__sort--changed")).to_contain_text("the rule or the answer")
    page.reload()
    assert page.locator(".kb-weekly__topics input").first.is_checked()
