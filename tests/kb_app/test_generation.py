import json
import shutil
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from kb_app import service
from kb_app.generation import BARE_SHELL, Generations, open_generation
from kb_app.settings import Settings
from search_index import Answers, BuildFolder, IndexMissingError, Lang

GONE = "shed-before-ban"


@pytest.fixture
def generations(settings):
    """The generations of a library of one's own, looked at for every lease."""
    opened = service.open_generations(settings, seconds_between_looks=0)
    yield opened
    opened.close()


def finds(lease) -> bool:
    return GONE in {hit.id for hit in lease.generation.answers.search("充电棚").hits}


def test_there_is_nothing_to_lend_before_the_first_build(generations):
    with pytest.raises(IndexMissingError):
        generations.lease()


def test_the_first_build_is_lent_as_soon_as_it_is_published(generations, publish):
    publish()
    with closing(generations.lease()) as lease:
        assert finds(lease)
        assert lease.generation.shells[Lang.ZH] == BARE_SHELL


def test_a_new_build_is_lent_next_and_the_old_one_works_until_it_is_given_back(
    generations, publish
):
    publish()
    old = generations.lease()
    publish(without=GONE)
    with closing(generations.lease()) as new:
        assert finds(old)
        assert not finds(new)
    old.close()


@pytest.fixture
def closed(monkeypatch) -> list[Answers]:
    """The answers that were closed, in their order."""
    found: list[Answers] = []
    close = Answers.close

    def note(answers: Answers) -> None:
        found.append(answers)
        close(answers)

    monkeypatch.setattr(Answers, "close", note)
    return found


def test_the_old_generation_is_closed_when_its_last_user_leaves(generations, publish, closed):
    publish()
    first, second = generations.lease(), generations.lease()
    publish()
    generations.lease().close()
    first.close()
    assert closed == []
    second.close()
    assert closed == [second.generation.answers]


def test_giving_back_twice_counts_once(generations, publish, closed):
    publish()
    first, second = generations.lease(), generations.lease()
    publish()
    generations.lease().close()
    first.close()
    first.close()
    assert closed == []
    second.close()
    assert len(closed) == 1


def test_it_looks_at_most_once_in_a_while(settings, publish):
    publish()
    with closing(service.open_generations(settings, seconds_between_looks=60)) as generations:
        generations.lease().close()
        publish(without=GONE)
        with closing(generations.lease()) as lease:
            assert finds(lease)
        generations.look()
        with closing(generations.lease()) as lease:
            assert not finds(lease)


def test_a_build_that_cannot_be_opened_is_reported_and_the_old_one_goes_on(
    generations, publish, settings, caplog
):
    publish()
    generations.lease().close()
    broken = publish(without=GONE)
    shutil.rmtree(settings.build_dir / broken)
    with closing(generations.lease()) as lease:
        assert finds(lease)
    assert broken in caplog.text


def test_it_recovers_when_the_next_build_can_be_opened(generations, publish, settings):
    publish()
    generations.lease().close()
    shutil.rmtree(settings.build_dir / publish())
    generations.lease().close()
    publish(without=GONE)
    with closing(generations.lease()) as lease:
        assert not finds(lease)


@pytest.mark.parametrize("pointer", ["", "{", "[]", '{"index": "../../etc"}'])
def test_a_broken_pointer_leaves_the_old_generation(generations, publish, settings, pointer):
    publish()
    generations.lease().close()
    (settings.build_dir / "current.json").write_text(pointer, encoding="utf-8")
    with closing(generations.lease()) as lease:
        assert finds(lease)


def test_a_deleted_build_folder_leaves_what_is_open(generations, publish, settings):
    publish()
    generations.lease().close()
    shutil.rmtree(settings.build_dir)
    with closing(generations.lease()) as lease:
        assert finds(lease)


def test_others_go_on_with_the_old_generation_while_one_opens_the_new(settings, publish):
    """The opening of the second generation takes until the test lets it."""
    may_go_on, is_opening = threading.Event(), threading.Event()
    opened = []

    def slowly(current):
        if opened:
            is_opening.set()
            may_go_on.wait(10)
        opened.append(current.index)
        return open_generation(service.index_url(settings.build_dir / current.index), None)

    folder = BuildFolder(settings.build_dir)
    with closing(Generations(folder, slowly, seconds_between_looks=0)) as generations:
        publish()
        generations.lease().close()
        publish(without=GONE)
        noticing = threading.Thread(target=lambda: generations.lease().close())
        noticing.start()
        assert is_opening.wait(10)
        began = time.monotonic()
        with closing(generations.lease()) as lease:
            assert finds(lease)
        assert time.monotonic() - began < 5
        may_go_on.set()
        noticing.join()
        with closing(generations.lease()) as lease:
            assert not finds(lease)
        assert len(opened) == 2


@pytest.mark.unmeasured
def test_many_threads_lose_no_lease_over_many_builds(generations, publish):
    publish()
    failures: list[BaseException] = []
    stop = threading.Event()

    def use() -> None:
        while not stop.is_set():
            try:
                with closing(generations.lease()) as lease:
                    assert lease.generation.answers.search("飞线").total
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test must know
                failures.append(error)
                return

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        publish()
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_site_that_is_not_whole_is_not_opened(built: Settings, tmp_path: Path):
    current = BuildFolder(built.build_dir).current()
    assert current is not None
    with pytest.raises(OSError, match=r"csp\.json"):
        open_generation(service.index_url(built.build_dir / current.index), tmp_path)


def test_a_generation_knows_what_problems_are_called(built: Settings):
    with service.opened(built) as generation:
        assert generation.name("parking-lock", Lang.ZH) == "私装地锁"
        assert generation.name("parking-lock", Lang.EN) == "Private parking locks"
        assert generation.name("no-such-thing", Lang.EN) == "no-such-thing"


def test_what_is_meant_for_the_service_is_no_file_of_the_site(built: Settings):
    with service.opened(built) as generation:
        addresses = set(generation.files.files)
        assert {"/zh/", "/en/", "/zh/cases/shed-before-ban/"} <= addresses
        assert not {a for a in addresses if a.startswith("/shell") or a.endswith("csp.json")}
        assert "/names.json" not in addresses


def test_files_beside_the_languages_are_served_from_the_root(built: Settings, tmp_path: Path):
    current = BuildFolder(built.build_dir).current()
    assert current is not None
    site = tmp_path / "site"
    shutil.copytree(built.build_dir / str(current.site), site)
    (site / "robots.txt").write_text("User-agent: *\n", encoding="utf-8")
    generation = open_generation(service.index_url(built.build_dir / current.index), site)
    assert "/robots.txt" in generation.files.files
    generation.answers.close()


def test_the_hashes_of_the_sites_scripts_are_known(built: Settings):
    current = BuildFolder(built.build_dir).current()
    assert current is not None
    assert current.site is not None
    written = json.loads((built.build_dir / current.site / "csp.json").read_text("utf-8"))
    with service.opened(built) as generation:
        assert list(generation.script_hashes) == written["script_hashes"]
