import pytest

from kb_app.limits import OFFICE, Limit, TooManyError, Writer

ONE, OTHER = Writer("visitor a", is_office=False), Writer("visitor b", is_office=False)


def test_each_writer_has_so_many_an_hour():
    limit = Limit("writes", 2)
    limit.take(ONE)
    limit.take(ONE)
    with pytest.raises(TooManyError) as refused:
        limit.take(ONE)
    assert 3500 < refused.value.seconds <= 3600
    limit.take(OTHER)


def test_looking_does_not_count():
    limit = Limit("codes", 1)
    for _ in range(3):
        limit.check(ONE)
    limit.take(ONE)
    with pytest.raises(TooManyError):
        limit.check(ONE)


def test_an_office_behind_one_address_may_write_more():
    limit = Limit("writes", 1)
    for _ in range(OFFICE):
        limit.take(Writer("address 10.0.0.1", is_office=True))
    with pytest.raises(TooManyError):
        limit.take(Writer("address 10.0.0.1", is_office=True))
