"""What stands around the pages, read as other programs read it."""

import json
import re
import struct
from datetime import date
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from kb_app.site.around import ICONS, around, codes, manifest, qr_code, reachable
from kb_app.site.feed import ATOM, MAP, NEWEST, OPENSEARCH, XHTML
from kb_app.site.staged import Staged
from search_index import Lang

SITE = "https://kb.example"


def staged(path: str, **values: object) -> Staged:
    values.setdefault("title", path)
    return Staged(PurePosixPath(path), parts=(), twin="/en/", **values)


HOME = staged("index.md", description="看见什么，就搜什么")
SHED = staged("cases/shed.md", title="先建棚 <再> 收线 & 拆", checked_on=date(2026, 11, 20))
OLD = staged("cases/old.md", checked_on=date(2026, 3, 1), translated=False)
GONE = staged("cases/gone.md", checked_on=date(2026, 11, 21), listed=False)
PAGES = dict.fromkeys(Lang, (HOME, OLD, SHED, GONE))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {path.as_posix(): data for path, data in around(PAGES, SITE)}


def decoded(svg: bytes, scale: int = 6) -> str:
    """What a phone reads in a code: its strokes are drawn and looked at."""
    size = int(re.search(rb'viewBox="0 0 (\d+)', svg)[1])
    picture = np.full((size * scale, size * scale), 255, np.uint8)
    drawing = re.search(rb'd="([^"]+)"', svg.split(b"<path", 2)[-1])[1].decode()
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", drawing):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            left, top = round(x * scale), round((y - 0.5) * scale)
            picture[top : top + scale, left : left + round(values[0] * scale)] = 0
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    return zxingcpp.read_barcode(picture).text


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("icon-32.png", (32, 32)),
        ("icon-192.png", (192, 192)),
        ("icon-512.png", (512, 512)),
        ("maskable-512.png", (512, 512)),
        ("apple-touch-180.png", (180, 180)),
        ("share.png", (1200, 630)),
    ],
)
def test_every_icon_has_the_size_that_its_name_says(name, size):
    data = (ICONS / name).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == size


def test_the_icon_that_old_browsers_ask_for_holds_the_small_one():
    data = (ICONS / "favicon.ico").read_bytes()
    length, start = struct.unpack("<II", data[14:22])
    assert data[start : start + length] == (ICONS / "icon-32.png").read_bytes()


@pytest.mark.parametrize("lang", list(Lang))
def test_the_manifest_names_icons_that_exist_at_their_sizes(files, lang):
    found = json.loads(files[f"{lang}/manifest.webmanifest"])
    assert found == manifest(lang)
    assert found["start_url"] == f"/{lang}/"
    for icon in found["icons"]:
        data = files[icon["src"].removeprefix("/")]
        if icon["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", data[16:24])) == icon["sizes"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in found["icons"]}
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable", "monochrome"}


@pytest.mark.parametrize("lang", list(Lang))
def test_the_map_has_every_page_with_its_day_and_its_other_language(files, lang):
    top = ET.fromstring(files[f"{lang}/sitemap.xml"])
    found = {}
    for entry in top:
        address = entry.findtext(f"{{{MAP}}}loc")
        links = entry.findall(f"{{{XHTML}}}link")
        found[address] = (
            entry.findtext(f"{{{MAP}}}lastmod"),
            {link.get("hreflang"): link.get("href") for link in links},
        )
    both = {"zh-CN": f"{SITE}/zh/cases/shed/", "en": f"{SITE}/en/cases/shed/"}
    assert found == {
        f"{SITE}/{lang}/": (None, {"zh-CN": f"{SITE}/zh/", "en": f"{SITE}/en/"}),
        f"{SITE}/{lang}/cases/shed/": ("2026-11-20", both),
        f"{SITE}/{lang}/cases/old/": ("2026-03-01", {}),
    }


def test_robots_are_led_to_a_map_that_leads_to_both(files):
    lines = files["robots.txt"].decode().splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert "Disallow: /api/" in lines
    assert "Disallow: /" not in lines
    top = ET.fromstring(files["sitemap.xml"])
    found = [loc.text for loc in top.iter(f"{{{MAP}}}loc")]
    assert found == [f"{SITE}/zh/sitemap.xml", f"{SITE}/en/sitemap.xml"]


@pytest.mark.parametrize("lang", list(Lang))
def test_a_browser_learns_how_to_search(files, lang):
    top = ET.fromstring(files[f"{lang}/opensearch.xml"])
    name = top.findtext(f"{{{OPENSEARCH}}}ShortName")
    assert 0 < len(name) <= 16
    template = top.find(f"{{{OPENSEARCH}}}Url").get("template")
    assert template == f"{SITE}/{lang}/search?q={{searchTerms}}"


def entries(data: bytes) -> list[dict[str, str]]:
    """The entries of a feed, which must have all that the Atom format demands."""
    top = ET.fromstring(data)
    for name in ("id", "title", "updated"):
        assert len(top.findall(f"{{{ATOM}}}{name}")) == 1
    assert top.findtext(f"{{{ATOM}}}author/{{{ATOM}}}name")
    assert {link.get("rel") for link in top.findall(f"{{{ATOM}}}link")} == {"self", "alternate"}
    found = []
    for entry in top.findall(f"{{{ATOM}}}entry"):
        made = {name: entry.findtext(f"{{{ATOM}}}{name}") for name in ("id", "title", "updated")}
        made["summary"] = entry.findtext(f"{{{ATOM}}}summary")
        made["href"] = entry.find(f"{{{ATOM}}}link").get("href")
        assert all(made.values())
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", made["updated"])
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", made["id"])
        found.append(made)
    assert len({made["id"] for made in found}) == len(found)
    return found


def test_the_feed_tells_the_newest_first_and_nothing_retired(files):
    found = entries(files["zh/feed.atom"])
    assert [made["href"] for made in found] == [
        f"{SITE}/zh/cases/shed/",
        f"{SITE}/zh/cases/old/",
    ]
    assert found[0]["title"] == SHED.title
    assert found[0]["updated"] == "2026-11-20T00:00:00+08:00"


def test_a_new_address_of_the_site_makes_no_entry_new(files):
    moved = {path.as_posix(): data for path, data in around(PAGES, "http://10.0.0.8:8000")}
    old, new = entries(files["en/feed.atom"]), entries(moved["en/feed.atom"])
    assert [made["id"] for made in old] == [made["id"] for made in new]
    zh = entries(files["zh/feed.atom"])
    assert not {made["id"] for made in zh} & {made["id"] for made in old}


def test_a_feed_is_short_and_one_without_pages_is_still_one():
    many = [staged(f"cases/{n}.md", checked_on=date(2026, 1, 1)) for n in range(NEWEST + 5)]
    found = {path.as_posix(): data for path, data in around({Lang.ZH: many, Lang.EN: []}, SITE)}
    assert len(entries(found["zh/feed.atom"])) == NEWEST
    assert entries(found["en/feed.atom"]) == []


def test_a_code_leads_to_its_page():
    found = {path.as_posix(): data for path, data in codes(PAGES, SITE)}
    assert decoded(found["zh/qr.svg"]) == f"{SITE}/zh/"
    assert decoded(found["en/cases/shed/qr.svg"]) == f"{SITE}/en/cases/shed/"
    assert len(found) == 8
    assert all(len(data) < 4000 for data in found.values())


@given(st.from_regex(r"https://[a-z]{1,20}\.example/(zh|en)/[a-z0-9-]{0,60}/", fullmatch=True))
def test_any_address_can_be_read_back(address):
    assert decoded(qr_code(address)) == address


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_there_is_no_code_that_leads_a_phone_to_itself(address):
    assert not reachable(address)
    assert list(codes(PAGES, address)) == []


@given(st.text())
def test_whatever_a_title_says_the_feed_is_whole(title):
    words = "".join(letter for letter in title if letter.isprintable())
    page = staged("cases/x.md", title=words or "x", checked_on=date(2026, 1, 1))
    found = dict(around({Lang.ZH: [page]}, SITE))
    assert len(entries(found[PurePosixPath("zh/feed.atom")])) in {0, 1}
