"""From one language to the other and back, on any port and without a script."""

from urllib.parse import urlsplit

import pytest

PAIRS = (
    "",
    "cases/",
    "cases/shed-before-ban/",
    "problems/ebike-corridor/",
    "guides/daily-patrol/",
    "groups/parking/",
    "glossary/",
)


def test_the_site_was_built_for_another_port_than_it_is_served_at(built, service_url):
    assert urlsplit(built.address).port != urlsplit(service_url).port


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("path", PAIRS)
def test_the_switch_keeps_the_page(visit, device, scripts, path):
    page = visit(f"/zh/{path}", **device, java_script_enabled=scripts)
    page.locator(".kb-twin").click()
    page.wait_for_url(f"**/en/{path}")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator(".kb-twin").click()
    page.wait_for_url(f"**/zh/{path}")


def test_the_switch_keeps_the_place_on_the_page(visit, phone):
    page = visit("/zh/cases/shed-before-ban/#pitfalls", **phone)
    page.locator(".kb-twin").click()
    page.wait_for_url("**/en/cases/shed-before-ban/#pitfalls")


def test_the_switch_keeps_the_words_of_a_search(visit, phone):
    page = visit("/zh/search?q=charging", **phone)
    page.locator(".kb-twin").click()
    page.wait_for_url("**/en/search?q=charging")


def test_chinese_and_latin_have_their_own_type(visit, desktop):
    family = "getComputedStyle(document.querySelector('.kb-article')).fontFamily"
    assert visit("/zh/", **desktop).evaluate(family).startswith('"PingFang SC"')
    assert visit("/en/", **desktop).evaluate(family).startswith('"Segoe UI"')
    strict = "getComputedStyle(document.body).lineBreak"
    assert visit("/zh/", **desktop).evaluate(strict) == "strict"
