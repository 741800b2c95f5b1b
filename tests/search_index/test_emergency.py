from __future__ import annotations

import pytest
from samples import EMERGENCIES

from search_index.content import Lang
from search_index.emergency import Alarms
from search_index.tables import read_emergencies


@pytest.fixture
def alarms() -> Alarms:
    return Alarms(read_emergencies(EMERGENCIES, lambda *_: pytest.fail("sound rules")))


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("楼道里有煤气味", ("煤气", "味")),
        ("燃氣漏了", ("燃气", "漏")),
        ("I can smell gas", ("gas", "smell")),
        ("the gas is leaking!", ("gas", "leak")),
        ("bikes are on fire", ("on fire",)),
    ],
)
def test_danger_is_seen_in_both_languages(
    alarms: Alarms, text: str, matched: tuple[str, ...]
) -> None:
    found = alarms.alarm(text, Lang.ZH)
    assert found is not None
    assert found.matched == matched


@pytest.mark.parametrize(
    "text", ["煤气缴费", "gas bill smells odd", "fire drill smoke", "gasket", ""]
)
def test_what_looks_alike_is_left_alone(alarms: Alarms, text: str) -> None:
    assert alarms.alarm(text, Lang.ZH) is None


def test_several_dangers_call_all_their_numbers(alarms: Alarms) -> None:
    found = alarms.alarm("煤气味很大 着火了", Lang.EN)
    assert found is not None
    assert found.call == ("119", "96777")
    assert found.message == "Leave first; call 119 from outside."
