from datetime import UTC, datetime

import pytest

from kb_app.recorded import as_text, recorded
from kb_app.room import Note, Record, Result, plan_of
from kb_app.room.records import Reading
from search_index import Lang

OPENED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 23, 1, 45, tzinfo=UTC)


@pytest.fixture
def record(sample_library):
    plan = plan_of(sample_library, "charging-hour")
    case, quiz, _ = plan.ballots
    return Record(
        room=1, page="charging-hour", lang=Lang.ZH, plan=plan, opened_at=OPENED, closed_at=ENDED,
        present=12, results=(Result(case, (3, 5, 2)), Result(quiz, (4, 6))),
        readings=(Reading("daily-patrol", "2026.1", ENDED),), questions=(7, 9), unregistered=0,
        notes={Note.WELL: "投票前没剧透"},
    )  # fmt: skip


def test_the_words_of_a_record_say_its_numbers_in_both_languages(record):
    zh, en = (as_text(recorded(record, lang)) for lang in Lang)
    for words in (
        "培训记录：充电这一小时",
        "签到: 12",
        "09:00 – 09:45",
        "答案是B，选了别的4票",
        "7",
    ):
        assert words in zh
    for words in ("Signed in: 12", "None of the options is right", "23 November 2026", "2026.1"):
        assert words in en
    assert "投票前没剧透" in zh
    assert "投票前没剧透" in en


def test_four_in_ten_send_a_paragraph_to_the_editors_and_an_open_room_says_so(record):
    zh = recorded(record, Lang.ZH)
    assert [vote.is_missed for vote in zh.votes] == [False, True]
    assert zh.votes[1].says.endswith("这一段会转给编辑。")
    assert zh.votes[1].plot.columns[0].values == (4, 6)
    assert zh.agenda
    assert zh.is_closed
