import json

import pytest

from kb_app.room import NothingToShowError, Plan, Sort, plan_of
from search_index import Case, Kind, Lang


def playable(library):
    for page in library.published(Lang.ZH):
        if page.kind is Kind.SESSION or (
            isinstance(page.details, Case) and page.details.decision_points
        ):
            yield page.id


def test_a_plan_is_kept_and_read_back_as_it_was(sample_library):
    found = list(playable(sample_library))
    assert len(found) >= 2
    for slug in found:
        plan = plan_of(sample_library, slug)
        assert Plan.of_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_every_vote_of_a_plan_has_its_slide_in_both_languages(sample_library):
    plan = plan_of(sample_library, "charging-hour")
    found = {each.name: each.sort for each in plan.ballots}
    assert found == {
        "ask:shed-before-ban:1": Sort.DECISION,
        "quiz:1": Sort.QUIZ,
        "before:1": Sort.BEFORE,
    }
    for lang in Lang:
        asked = [s.name for s in plan.slides[lang] if s.part in {"ask", "quiz"}]
        assert asked == ["ask:shed-before-ban:1", "quiz:1"]
    assert all(each.asked.keys() == set(Lang) for each in plan.ballots)
    assert plan.ballots[0].answer is None
    assert plan.ballots[1].answer == 2


def test_what_phones_show_beforehand_does_not_tell_how_a_case_ended(sample_library):
    plan = plan_of(sample_library, "shed-before-ban")
    for lang in Lang:
        assert plan.cover(lang) != plan.title(lang)


@pytest.mark.parametrize("slug", ["nope", "ebike-corridor", "bins-moved"])
def test_a_page_without_anything_to_decide_has_no_plan(sample_library, slug):
    with pytest.raises(NothingToShowError) as refused:
        plan_of(sample_library, slug)
    assert slug in refused.value.said(Lang.ZH)
