import pytest

from kb_app.site.indexes import index_pages
from search_index import Case, Kind, Lang, Outcome


@pytest.fixture
def indexes(make_edition):
    """The text of every index page by its path."""

    def make(*pages, lang=Lang.ZH, **values):
        edition = make_edition(*pages, lang=lang, **values)
        return {page.path.as_posix(): page.text() for page in index_pages(edition, "1.2")}

    return make


@pytest.fixture
def cases(make_page):
    def case(slug, outcome, *problems):
        return make_page(slug, title=slug, details=Case(outcome=outcome), problems=problems)

    return (
        case("shed", Outcome.WORKED, "ebike-corridor", "parking-lock"),
        case("lock", Outcome.FAILED, "parking-lock"),
        case("walk", Outcome.UNKNOWN, "duty-patrol"),
        case("lost", Outcome.UNKNOWN, "nothing"),
    )


def test_every_list_is_there_even_when_it_is_empty(indexes):
    found = indexes()
    assert set(found) == {
        "index.md",
        "problems/index.md",
        "groups/ebikes-fire/index.md",
        "groups/parking/index.md",
        "groups/duty/index.md",
        "cases/index.md",
        "guides/index.md",
        "sessions/index.md",
        "plans/index.md",
        "about/index.md",
        "glossary/index.md",
    }
    assert "还没有内容。" in found["cases/index.md"]


def test_a_library_without_glossary_has_no_glossary_page(indexes):
    assert "glossary/index.md" not in indexes(glossary=())


def test_the_twin_of_a_list_is_the_list_in_the_other_language(indexes):
    assert 'twin: "/en/groups/parking/"' in indexes()["groups/parking/index.md"]
    assert 'twin: "/zh/"' in indexes(lang=Lang.EN)["index.md"]


def test_problems_stand_under_their_group_written_or_not(indexes, make_page, cases):
    page = make_page("parking-lock", Kind.PROBLEM, title="私装地锁", lesson="先分位。")
    text = indexes(page, *cases)["problems/index.md"]
    assert text.index("{#ebikes-fire}") < text.index("还没有写") < text.index("{#parking}")
    assert 'href="parking-lock/"' in text
    assert "先分位。" in text
    assert "2个案例" in text


def test_a_group_has_its_problems_and_its_cases(indexes, cases):
    text = indexes(*cases)["groups/parking/index.md"]
    assert "../../cases/shed/" in text
    assert "../../cases/lock/" in text
    assert "../../cases/walk/" not in text


def test_the_group_of_duties_has_guides_instead_of_problems(indexes, make_page, cases):
    guide = make_page("patrol", Kind.GUIDE, title="巡查", problems=("duty-patrol",))
    text = indexes(guide, *cases)["groups/duty/index.md"]
    assert "../../guides/patrol/" in text
    assert "../../cases/walk/" in text
    assert "kb-topics" not in text
    assert 'nav: "职责"' in text


def test_every_case_is_listed_once_and_can_be_chosen_by_outcome(indexes, cases):
    text = indexes(*cases)["cases/index.md"]
    for slug in ("shed", "lock", "walk", "lost"):
        assert text.count(f'href="{slug}/"') == 1
    assert text.index("{#other}") < text.index('href="lost/"')
    for outcome in ("any", "worked", "failed", "unknown"):
        assert f'value="{outcome}"' in text
    assert 'value="partly"' not in text


def test_the_page_about_the_site_says_which_one_it_is(indexes):
    text = indexes()["about/index.md"]
    assert "版本1.2" in text
    assert "2026年11月22日" in text
