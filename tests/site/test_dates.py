import pytest

from kb_app.site.dates import from_to, month_name, written
from search_index import Lang, PartialDate


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("2022", "2022年", "2022"),
        ("2022-06", "2022年6月", "June 2022"),
        ("2022-06-04", "2022年6月4日", "4 June 2022"),
    ],
)
def test_a_date_is_written_as_exactly_as_it_is_known(when, zh, en):
    found = PartialDate.parse(when)
    assert written(found, Lang.ZH) == zh
    assert written(found, Lang.EN) == en


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        ("2022", "2022", "2022年", "2022"),
        ("2022", "2023", "2022年至2023年", "2022 – 2023"),
        ("2022-01", "2022-06", "2022年1月至6月", "January – June 2022"),
        ("2022-01-03", "2022-06-04", "2022年1月3日至6月4日", "3 January – 4 June 2022"),
        ("2021-12", "2022-01", "2021年12月至2022年1月", "December 2021 – January 2022"),
        ("2021-12", "2021", "2021年12月至2021年", "December 2021 – 2021"),
    ],
)
def test_a_stretch_says_once_what_its_ends_share(start, end, zh, en):
    ends = PartialDate.parse(start), PartialDate.parse(end)
    assert from_to(*ends, Lang.ZH) == zh
    assert from_to(*ends, Lang.EN) == en


def test_every_month_has_a_name():
    assert len({month_name(month, lang) for month in range(1, 13) for lang in Lang}) == 24
