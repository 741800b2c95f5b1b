import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kb_app import publisher as publishing
from kb_app.accounts import Accounts, Role
from kb_app.drafts import DraftError, Drafts, New
from kb_app.publisher import Publisher, RefusedDraftError
from search_index import BuildFolder, Kind, Lang

TEXT = (
    "---\ntitle: 装了车棚\nlesson: 先有棚。\nproblems: [ebike-corridor]\nowner: 街道办事处\n"
    "checked_on: 2026-11-20\nreview_every: 12m\nstatus: draft\noutcome: worked\n"
    "sources:\n  - {title: 记事, outlet: 街道报, grade: C}\n---\n"
    "## 基本情况\n\n有车。\n\n## 决策与行动\n\n建棚。\n\n## 结果\n\n没车了。\n\n## 教训\n\n先通电。\n"
)


@pytest.fixture
def drafts(database, clock):
    return Drafts(database, clock)


@pytest.fixture
def second(database, clock):
    return Accounts(database, clock).add("wang", Role.EDITOR, "a long password").id


@pytest.fixture
def publisher(settings, drafts, monkeypatch):
    monkeypatch.setattr(Publisher, "build", lambda _: None)
    return Publisher(settings, drafts)


@pytest.fixture
def ready(drafts, editor):
    """A draft that was handed in."""
    written = drafts.begin(New("new-shed", Kind.CASE, Lang.ZH, TEXT), author=editor)
    return drafts.hand_in(written.id, account=editor, seen=1)


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(content):
    git(content, "init", "--quiet")
    git(content, "add", "--all")
    git(content, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=all")
    return content


def test_a_page_is_committed_alone_with_its_author_and_its_question(
    publisher, ready, second, repository, drafts
):
    (repository / "zh/cases/beside.md").write_text("staged by somebody else", "utf-8")
    git(repository, "add", "zh/cases/beside.md")
    publisher.publish(replace(ready, question=12), account=second, author="li")
    assert (
        git(repository, "log", "-1", "--format=%an %s")
        == "li Publish zh/cases/new-shed.md (question 12)"
    )
    assert git(repository, "show", "--name-only", "--format=") == "zh/cases/new-shed.md"
    assert "beside.md" in git(repository, "status", "--porcelain")
    assert drafts.get(ready.id).published_at is not None


def test_a_name_with_the_look_of_an_option_is_no_option(publisher, ready, second, repository):
    publisher.publish(ready, account=second, author="--amend")
    assert git(repository, "log", "-1", "--format=%an") == "--amend"
    assert git(repository, "rev-list", "--count", "HEAD") == "2"


def test_what_git_refuses_leaves_everything_as_it_was(publisher, ready, second, repository, drafts):
    (repository / ".gitignore").write_text("new-shed.md\n", "utf-8")
    with pytest.raises(DraftError, match="nothing has changed"):
        publisher.publish(ready, account=second, author="li")
    assert not (repository / "zh/cases/new-shed.md").exists()
    assert drafts.get(ready.id).published_at is None


def test_a_folder_that_is_in_no_repository_is_written_all_the_same(
    publisher, ready, second, content, monkeypatch
):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(content.parent))
    publisher.publish(ready, account=second, author="li")
    assert "status: published" in (content / "zh/cases/new-shed.md").read_text("utf-8")


def test_what_breaks_the_rules_is_refused_with_its_lines(
    publisher, drafts, editor, second, content
):
    text = TEXT.replace("worked", "workd")
    written = drafts.begin(New("new-shed", Kind.CASE, Lang.ZH, text), author=editor)
    ready = drafts.hand_in(written.id, account=editor, seen=1)
    with pytest.raises(RefusedDraftError) as error:
        publisher.publish(ready, account=second, author="li")
    assert {finding.line for finding in error.value.findings} == {9}
    assert not (content / "zh/cases/new-shed.md").exists()


def test_nobody_publishes_his_own_words(publisher, ready, editor):
    with pytest.raises(DraftError, match="Somebody else"):
        publisher.publish(ready, account=editor, author="li")


def wait_for(publisher, seconds=120):
    deadline = time.monotonic() + seconds
    while publisher.state().running and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not publisher.state().running
    return publisher.state()


def test_a_build_that_fails_says_why_and_the_next_one_mends_it(settings):
    publisher = Publisher(settings, drafts=None)
    path: Path = settings.content_dir / "zh/cases/new-shed.md"
    path.write_text("no front matter\n", "utf-8")
    publisher.build()
    publisher.build()  # asked twice, built one after the other
    assert publisher.state().running
    state = wait_for(publisher)
    assert state.failed
    assert "new-shed.md:1" in state.why[0]
    path.unlink()
    publisher.build()
    state = wait_for(publisher)
    assert (state.failed, state.why) == (False, ())
    assert BuildFolder(settings.build_dir).current() is not None


def test_only_the_front_matter_says_that_it_is_published():
    assert (
        publishing.published("no front matter\nstatus: draft")
        == "no front matter\nstatus: published"
    )
