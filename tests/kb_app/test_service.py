import stat
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import kb_app.site
from kb_app import service
from kb_app.generation import SHELLS
from kb_app.settings import Settings
from search_index import BuildBusyError, BuildFolder, IndexMissingError, Kind, Lang

BROKEN = "---\ntitle: x\nstatus: perhaps\n---\n## 基本情况\n\nx\n"


@pytest.fixture
def quick_site(monkeypatch):
    """A site generator that takes no time, for tests that are not about the site."""

    def build_site(library, *, output: Path, banks, **_) -> None:
        for lang, bank in banks.items():
            (output / lang).mkdir()
            (output / lang / "weekly.json").write_bytes(bank)
        (output / "zh" / "index.html").write_text(str(len(library.pages)), encoding="utf-8")
        for page in library.published():
            (output / page.url[1:]).mkdir(parents=True)
            (output / page.url[1:] / "index.html").write_text(page.title, encoding="utf-8")
        (output / "shell").mkdir()
        for name in SHELLS:
            (output / "shell" / f"{name}.html").write_text("", encoding="utf-8")
        (output / "csp.json").write_text('{"script_hashes": []}', encoding="utf-8")

    monkeypatch.setattr(kb_app.site, "build_site", build_site)


def generations_in(settings: Settings) -> list[str]:
    return sorted(p.name.split("-")[0] for p in settings.build_dir.glob("*-*") if p.is_dir())


def found(settings: Settings, words: str) -> list[str]:
    with service.opened(settings) as generation:
        return [hit.id for hit in generation.answers.search(words).hits]


@pytest.mark.usefixtures("quick_site")
def test_a_build_makes_index_and_site_and_publishes_both(settings):
    built = service.build(settings)
    assert built.made
    assert (settings.build_dir / str(built.current.site) / "zh" / "index.html").is_file()
    assert found(settings, "电瓶车上楼")[0] == "ebike-corridor"


@pytest.mark.usefixtures("quick_site")
def test_an_unchanged_library_is_not_built_again_and_found_out_quickly(settings):
    first = service.build(settings)
    began = time.perf_counter()
    second = service.build(settings)
    assert time.perf_counter() - began < 0.5
    assert second == service.Built(first.current, made=False, pages=0)


@pytest.mark.parametrize("name", ["zh/cases/bins-moved.md", "glossary.tsv", "new.svg"])
@pytest.mark.usefixtures("quick_site")
def test_any_changed_file_of_the_content_is_a_reason_to_build(settings, name):
    first = service.build(settings)
    with (settings.content_dir / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    second = service.build(settings)
    assert second.made
    assert second.current.fingerprint != first.current.fingerprint


@pytest.mark.usefixtures("quick_site")
def test_another_address_is_a_reason_to_build(settings):
    service.build(settings)
    assert service.build(replace(settings, site_url="https://kb.example")).made


@pytest.mark.usefixtures("quick_site")
def test_a_build_can_be_forced(settings):
    service.build(settings)
    assert service.build(settings, force=True).made


@pytest.mark.usefixtures("quick_site")
def test_a_generation_that_somebody_deleted_is_built_again(settings):
    built = service.build(settings)
    index = settings.build_dir / built.current.index
    for path in sorted(index.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    index.rmdir()
    assert service.build(settings).made


@pytest.mark.usefixtures("quick_site")
def test_mistakes_are_refused_and_the_old_build_stays(settings):
    before = service.build(settings).current
    (settings.content_dir / "zh/cases/broken.md").write_text(BROKEN, encoding="utf-8")
    with pytest.raises(service.RefusedError) as refused:
        service.build(settings)
    assert [(str(f.path), f.line) for f in refused.value.findings] == [("zh/cases/broken.md", 3)]
    assert BuildFolder(settings.build_dir).current() == before
    assert generations_in(settings) == ["index", "site"]


@pytest.mark.usefixtures("quick_site")
def test_a_generator_that_is_not_content_leaves_the_old_build(settings, monkeypatch):
    before = service.build(settings).current

    def fail(*_, **__):
        raise kb_app.site.SiteError(["WARNING - a link leads nowhere"])

    monkeypatch.setattr(kb_app.site, "build_site", fail)
    with pytest.raises(service.GeneratorError, match="a link leads nowhere"):
        service.build(settings, force=True)
    current = BuildFolder(settings.build_dir).current()
    assert current is not None
    assert current.site == before.site
    assert generations_in(settings) == ["index", "index", "site"]
    assert found(settings, "电瓶车上楼")[0] == "ebike-corridor"
    monkeypatch.undo()
    assert service.status(settings)["up_to_date"] is False


class Watched:
    """Builds that can be looked into while the site is being made, and those that fail there."""

    def __init__(self, settings: Settings, monkeypatch) -> None:
        self.settings = settings
        self._patch = monkeypatch
        self._real = kb_app.site.build_site

    def found_while_the_site_is_made(self, words: str) -> list[str]:
        seen: list[list[str]] = []

        def build_site(*args, **given) -> None:
            seen.append(found(self.settings, words))
            self._real(*args, **given)

        self._patch.setattr(kb_app.site, "build_site", build_site)
        service.build(self.settings)
        return seen[0]

    def fail(self) -> None:
        def build_site(*_, **__) -> None:
            raise kb_app.site.SiteError(["WARNING - no"])

        self._patch.setattr(kb_app.site, "build_site", build_site)
        with pytest.raises(service.GeneratorError):
            service.build(self.settings)
        self._patch.setattr(kb_app.site, "build_site", self._real)


@pytest.fixture
def watched(settings, quick_site, monkeypatch) -> Watched:  # noqa: ARG001 - it is made quick first
    service.build(settings)
    return Watched(settings, monkeypatch)


BINS = "zh/cases/bins-moved.md"


def rewrite(settings: Settings, name: str, old: str, new: str) -> None:
    path = settings.content_dir / name
    words = path.read_text("utf-8")
    assert old in words
    path.write_text(words.replace(old, new), encoding="utf-8")


def test_an_edit_is_found_before_the_site_is_made(watched):
    assert found(watched.settings, "蓝鲸") == []
    rewrite(watched.settings, BINS, "桶站挨着", "蓝鲸说桶站挨着")
    assert watched.found_while_the_site_is_made("蓝鲸") == ["bins-moved"]
    assert found(watched.settings, "蓝鲸") == ["bins-moved"]
    assert generations_in(watched.settings).count("index") == 2


def test_a_new_page_is_found_with_the_site_that_has_it(watched):
    page = (watched.settings.content_dir / BINS).read_text("utf-8").replace("桶站", "蓝鲸桶站")
    path = watched.settings.content_dir / "zh/cases/blue-whale.md"
    path.write_text(page, encoding="utf-8")
    assert watched.found_while_the_site_is_made("蓝鲸") == []
    assert found(watched.settings, "蓝鲸") == ["blue-whale"]


def test_a_page_that_was_removed_is_not_found_any_more_while_the_site_is_made(watched):
    assert "bins-moved" in found(watched.settings, "桶站")
    (watched.settings.content_dir / BINS).unlink()
    assert "bins-moved" not in watched.found_while_the_site_is_made("桶站")


def test_after_a_site_that_failed_the_next_build_makes_it_and_undoing_the_edit_counts(watched):
    settings = watched.settings
    rewrite(settings, BINS, "桶站挨着", "蓝鲸说桶站挨着")
    watched.fail()
    assert found(settings, "蓝鲸") == ["bins-moved"]
    rewrite(settings, BINS, "蓝鲸说桶站挨着", "桶站挨着")
    assert service.build(settings).made
    assert found(settings, "蓝鲸") == []
    assert not service.build(settings).made


def test_a_live_site_without_a_page_of_the_library_is_simply_replaced(watched):
    current = BuildFolder(watched.settings.build_dir).current()
    assert current is not None
    for page in (watched.settings.build_dir / str(current.site)).rglob("index.html"):
        page.unlink()
    rewrite(watched.settings, BINS, "桶站挨着", "蓝鲸说桶站挨着")
    assert watched.found_while_the_site_is_made("蓝鲸") == []
    assert found(watched.settings, "蓝鲸") == ["bins-moved"]


@pytest.mark.usefixtures("quick_site")
def test_every_step_is_timed_in_its_order(settings):
    built = service.build(settings)
    assert list(built.seconds) == ["read", "index", "related"]
    assert all(seconds > 0 for seconds in built.seconds.values())
    assert service.build(settings).seconds == {}


@pytest.mark.usefixtures("quick_site")
def test_a_second_build_remembers_the_pages_and_other_code_does_not(settings, monkeypatch):
    service.build(settings)
    kept = settings.build_dir / "memo" / "pages"
    before = kept.stat().st_ino
    service.build(settings, force=True)
    assert kept.stat().st_ino == before
    monkeypatch.setattr(service, "version", lambda: "0.0.0")
    service.build(settings)
    assert kept.stat().st_ino != before


@pytest.mark.usefixtures("quick_site")
def test_a_damaged_memo_is_made_anew(settings):
    service.build(settings)
    kept = settings.build_dir / "memo" / "pages"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-9])
    rewrite(settings, BINS, "桶站挨着", "蓝鲸说桶站挨着")
    service.build(settings)
    assert found(settings, "蓝鲸") == ["bins-moved"]
    assert len(kept.read_bytes()) >= len(whole)


def test_checking_uses_the_memo_and_writes_none(settings):
    assert service.check(settings).findings == ()
    assert not settings.build_dir.exists()


@pytest.mark.usefixtures("quick_site")
def test_an_interrupted_build_leaves_nothing_behind(settings, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(kb_app.site, "build_site", interrupt)
    with pytest.raises(KeyboardInterrupt):
        service.build(settings)
    assert generations_in(settings) == []


@pytest.mark.usefixtures("quick_site")
def test_only_one_build_runs_at_a_time(settings):
    with BuildFolder(settings.build_dir).lock(), pytest.raises(BuildBusyError):
        service.build(settings)


@pytest.mark.usefixtures("quick_site")
def test_the_generation_before_stays_for_requests_that_still_read_it(settings):
    before = service.build(settings).current
    service.build(settings, force=True)
    assert (settings.build_dir / before.index).is_dir()
    for _ in range(3):
        service.build(settings, force=True)
    assert not (settings.build_dir / before.index).is_dir()
    assert generations_in(settings).count("index") <= 3


@pytest.mark.usefixtures("quick_site")
def test_content_that_changes_during_a_build_is_built_by_the_next_one(settings, monkeypatch):
    build_site = kb_app.site.build_site
    late = settings.content_dir / "late.svg"

    def meanwhile(*args, **kwargs):
        late.write_text("<svg/>", encoding="utf-8")
        build_site(*args, **kwargs)

    monkeypatch.setattr(kb_app.site, "build_site", meanwhile)
    service.build(settings)
    assert service.build(settings).made


def test_progress_is_told_for_every_stage(settings):
    stages: list[str] = []
    service.build(settings, progress=lambda stage, *_: stages.append(stage))
    assert stages[:2] == ["read", "index"]
    assert len(set(stages)) > 3


def test_a_missing_content_folder_is_named(tmp_path: Path):
    settings = Settings(content_dir=tmp_path / "nowhere", build_dir=tmp_path / "build")
    for act in (service.check, service.build, service.status):
        with pytest.raises(service.ContentMissingError, match="nowhere"):
            act(settings)
    assert not settings.build_dir.exists()


def test_there_is_nothing_to_open_before_the_first_build(settings):
    with pytest.raises(IndexMissingError), service.opened(settings):
        pass


def test_the_status_counts_pages_by_kind_and_language(built):
    status = service.status(built)
    assert status["content"]["problem"] == {"zh": 2, "en": 2}
    assert status["content"]["case"] == {"zh": 3, "en": 2}
    assert set(status["content"]) == {kind.value for kind in Kind}
    assert status["index"]["passages"] > 50
    assert status["up_to_date"] is True
    assert status["data"] == "ok"


def test_the_status_says_when_the_index_is_missing_or_old(settings, publish):
    assert service.status(settings)["index"] is None
    publish()
    status = service.status(settings)
    assert status["index"]["passages"] > 50
    assert status["up_to_date"] is False


def test_a_new_page_lands_in_its_folder_and_passes_as_a_draft(settings):
    for kind in (Kind.CASE, Kind.GUIDE, Kind.SESSION, Kind.PLAN, Kind.ABOUT, Kind.PAGE):
        path = service.new(settings, kind, f"new-{kind}", Lang.ZH)
        assert path == settings.content_dir / "zh" / kind.folder / f"new-{kind}.md"
    service.new(settings, Kind.PROBLEM, "fire-lane", Lang.ZH)
    assert service.check(settings).findings == ()


def test_the_form_of_a_translation_leaves_the_facts_to_its_source(settings):
    service.new(settings, Kind.CASE, "wires-again", Lang.ZH)
    twin = service.new(settings, Kind.CASE, "wires-again", Lang.EN)
    assert twin == settings.content_dir / "en/cases/wires-again.md"
    assert service.check(settings).findings == ()


def test_a_new_page_never_takes_the_name_of_another(settings):
    with pytest.raises(FileExistsError, match="shed-before-ban"):
        service.new(settings, Kind.CASE, "shed-before-ban", Lang.ZH)
    with pytest.raises(FileExistsError, match="shed-before-ban"):
        service.new(settings, Kind.GUIDE, "shed-before-ban", Lang.ZH)


@pytest.mark.parametrize("slug", ["", "../x", "A b", "中文", "a/b"])
def test_a_new_page_needs_a_name_that_can_be_one(settings, slug):
    with pytest.raises(ValueError, match="name"):
        service.new(settings, Kind.CASE, slug, Lang.ZH)


def test_a_translation_is_marked_as_up_to_date(settings):
    source = settings.content_dir / "zh/cases/locks-came-back.md"
    source.write_text(source.read_text("utf-8").replace("一条胡同", "一条窄胡同"), "utf-8")
    twin = settings.content_dir / "en/cases/locks-came-back.md"
    assert [str(f.path) for f in service.check(settings).findings] == [
        "en/cases/locks-came-back.md"
    ]
    service.translated(settings, twin)
    assert service.check(settings).findings == ()


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(settings):
    key = service.secret_key(settings)
    assert len(key) == 64
    assert service.secret_key(settings) == key
    kept = settings.data_dir / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(settings.data_dir.iterdir()) == [kept]


def test_starting_at_once_agrees_on_one_secret_key(settings):
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(service.secret_key(settings))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_secret_key_that_is_set_is_kept_nowhere(settings):
    assert service.secret_key(replace(settings, secret_key="s")) == "s"
    assert not settings.data_dir.exists()


def test_values_become_plain_in_the_order_of_their_fields():
    built = service.Built(current=None, made=True, pages=2)  # type: ignore[arg-type]
    assert list(service.plain(built)) == ["current", "made", "pages", "seconds"]
    assert service.plain({Kind.CASE: (Lang.ZH, date(2026, 11, 22), 1.5, None)}) == {
        "case": ["zh", "2026-11-22", 1.5, None]
    }
