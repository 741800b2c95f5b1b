from datetime import date

from kb_app.site.edition import Edition, href
from search_index import Case, Evidence, Kind, Lang, Outcome, Status


def test_a_draft_is_not_built_and_a_retired_page_keeps_its_address(make_page, make_edition):
    edition = make_edition(
        make_page("done"),
        make_page("old", status=Status.RETIRED),
        make_page("draft", status=Status.DRAFT),
    )
    assert set(edition.built) == {"done", "old"}
    assert [page.id for page in edition.pages(Kind.CASE)] == ["done"]


def test_cases_are_ranked_by_proof_and_failures_come_before_the_untested(make_page, make_edition):
    def case(slug, outcome, **values):
        return make_page(slug, details=Case(outcome=outcome, **values), problems=("fire-lane",))

    edition = make_edition(
        case("untested", Outcome.UNKNOWN),
        case("failed", Outcome.FAILED),
        case("source", Outcome.WORKED),
        case("copy-one", Outcome.WORKED, reused_from=("source",)),
        case("copy-two", Outcome.WORKED, reused_from=("source",)),
    )
    ranked = [page.id for page in edition.cases_by_topic["fire-lane"]]
    assert ranked == ["source", "failed", "copy-one", "copy-two", "untested"]
    assert edition.proofs["source"].level is Evidence.SEVERAL
    assert [page.id for page in edition.reused_by(edition.built["source"])] == [
        "copy-one",
        "copy-two",
    ]


def test_the_twin_is_the_page_in_the_other_language(make_page, make_edition):
    zh, en = make_page("shed"), make_page("shed", lang=Lang.EN)
    alone, draft = make_page("alone"), make_page("alone", lang=Lang.EN, status=Status.DRAFT)
    edition = make_edition(zh, en, alone, draft)
    assert edition.twin(zh) == "/en/cases/shed/"
    assert edition.twin(alone) is None


def test_duties_are_no_problems_in_the_lane(make_edition):
    groups = [group.id for group in make_edition().problem_groups]
    assert groups == ["ebikes-fire", "parking"]


def test_terms_are_shown_in_the_readers_language(make_edition):
    assert make_edition(lang=Lang.EN).listed(("街巷长", "物业")) == (
        "street and lane chief, property firm"
    )
    assert make_edition().listed(("街巷长", "物业")) == "街巷长、物业"


def test_the_group_of_a_page_is_that_of_its_first_known_problem(make_page, make_edition):
    edition = make_edition()
    assert edition.main_group(make_page("a", problems=("none", "parking-lock"))).id == "parking"
    assert edition.main_group(make_page("b")) is None


def test_an_empty_library_is_an_edition_too(make_edition):
    edition = make_edition(groups=(), glossary=())
    assert isinstance(edition, Edition)
    assert edition.today == date(2026, 11, 22)
    assert edition.cases_by_topic == {}


def test_links_between_pages_are_relative():
    assert href("/zh/groups/parking/", "/zh/groups/parking/") == "./"
    assert href("/en/problems/a/", "/en/") == "../../"
