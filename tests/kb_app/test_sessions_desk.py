import html
import re
import shutil
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.accounts import Accounts, Role
from kb_app.database import open_database, sqlite_address
from kb_app.desk.rows import ROWS, Move, moved, read_move
from kb_app.publisher import Publisher
from kb_app.session import pack
from search_index import Form, Kind, Lang, form_of

PASSWORD = "a long password"
NEW = "/zh/desk/sessions/new"
WISH = {"problem": "ebike-corridor", "minutes": "60", "audience": "夜班 <b>巷长</b>"}


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory, sqlite_template):
    """A database file with accounts, for passwords take long on purpose."""
    path = tmp_path_factory.mktemp("accounts") / "lanewise.db"
    shutil.copy(sqlite_template, path)
    database = open_database(sqlite_address(path))
    for name, role in (("li", Role.EDITOR), ("sun", Role.TRAINER), ("wu", Role.TRAINER)):
        Accounts(database).add(name, role, PASSWORD)
    database.forget_removed()
    database.close()
    return path


@pytest.fixture
def library(content, enlarge_bank):
    """The small library with a bank that is large enough."""
    enlarge_bank(content)
    return content


@pytest.fixture
def app(app_with, library, monkeypatch, tmp_path, with_accounts):
    monkeypatch.setattr(Publisher, "build", lambda _: None)
    (tmp_path / "var").mkdir()
    shutil.copy(with_accounts, tmp_path / "var" / "lanewise.db")
    return app_with(content_dir=library)


@pytest.fixture
def kept(app):
    return app.extensions["lanewise"].kept


class Somebody:
    """A browser at the desk that takes the tokens from the forms, as browsers do."""

    def __init__(self, app, name):
        self.client = app.test_client()
        sent = {"name": name, "password": PASSWORD}
        assert self.send("/zh/desk/sign-in", **sent).status_code == 303

    def get(self, path):
        return self.client.get(path)

    def send(self, path, seen_at=None, /, **data):
        shown = self.client.get(seen_at or path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
        return self.client.post(path, data={"csrf_token": token, **data})

    def keep(self):
        return self.send(NEW, **WISH, act="save", slug="stairs-first")


@pytest.fixture
def sun(app):
    return Somebody(app, "sun")


def form_in(answer):
    """Everything that the browser would send of the draft's form."""
    text = answer.text[answer.text.index('class="kb-form kb-sheet"') :]
    text = text[: text.index("</form>")]
    fields = []
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' not in tag or " checked" in tag:
            fields.append((name[1], html.unescape(value[1])))
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL)
    fields += [(name, html.unescape(value)) for name, value in areas]
    chosen = re.findall(r'<select name="([^"]+)">(?:(?!</select>).)*value="([^"]*)" selected', text)
    found = {}
    for name, value in fields + chosen:
        found.setdefault(name, []).append(value)
    return found


def rows(kept, draft, name):
    written = kept.drafts.get(draft)
    return form_of(written.text, written.kind, written.lang).fields[name]


def test_a_trainer_sees_what_there_is_about_a_problem(sun):
    assert NEW in sun.get("/zh/desk").text
    answer = sun.send(NEW, **WISH, act="offer")
    assert answer.status_code == 200
    assert 'name="case" value="shed-before-ban"' in answer.text
    assert "投票" in answer.text
    assert "夜班 &lt;b&gt;巷长&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(("lang", "word"), [("zh", "分钟</span>"), ("en", "min</span>")])
def test_the_agenda_is_shown_before_anything_is_kept(app, kept, lang, word):
    sun = Somebody(app, "sun")
    answer = sun.send(f"/{lang}/desk/sessions/new", **WISH, act="preview")
    assert answer.status_code == 200
    minutes = re.findall(r'kb-row__number">(\d+)', answer.text)
    assert sum(map(int, minutes)) == 60
    assert word in answer.text
    assert 'value="session-ebike-corridor"' in answer.text
    assert kept.drafts.waiting() == ()


def test_what_cannot_be_is_refused_with_all_reasons_and_nothing_is_lost(sun, kept):
    wish = WISH | {"case": "<i>nope</i>", "minutes": "5", "title": "我的标题"}
    answer = sun.send(NEW, **wish, act="save")
    assert answer.status_code == 409
    reasons = re.findall(r"<li>(.*?)</li>", answer.text[answer.text.index('role="alert"') :])
    assert len(reasons[:2]) == 2
    assert "&lt;i&gt;nope&lt;/i&gt;" in reasons[0]
    assert 'value="我的标题"' in answer.text
    assert 'value="ebike-corridor" checked' in answer.text
    assert kept.drafts.waiting() == ()


def test_a_session_is_kept_as_drafts_that_break_no_rule(sun, kept):
    answer = sun.keep()
    assert answer.status_code == 303
    both = {each.lang: each for each in kept.drafts.waiting()}
    assert {each.kind for each in both.values()} == {Kind.SESSION}
    for lang in Lang:
        page = sun.get(f"/zh/desk/drafts/{both[lang].id}")
        assert page.status_code == 200
        sent = form_in(page)
        checked = sun.client.post(page.request.path, data={**sent, "act": "check"})
        assert checked.status_code == 200
        assert 'role="status"' in checked.text
        assert "kb-findings__line" not in checked.text
    again = sun.keep()
    assert again.status_code == 409
    assert f'class="kb-go" href="/zh/desk/drafts/{both[Lang.ZH].id}"' in again.text


@pytest.mark.parametrize("slug", ["Big Name", "shed-before-ban"])
def test_a_name_that_cannot_be_is_refused_and_the_agenda_still_shown(sun, kept, slug):
    answer = sun.send(NEW, **WISH, act="save", slug=slug)
    assert answer.status_code == 409
    assert "kb-agenda-plan" in answer.text
    assert kept.drafts.waiting() == ()


def test_a_form_without_its_token_keeps_nothing(sun, kept):
    assert sun.client.post(NEW, data={**WISH, "act": "save"}).status_code == 400
    assert kept.drafts.waiting() == ()


def test_the_form_says_the_same_as_the_text(sun, kept):
    sun.keep()
    for draft in (1, 2):
        before = kept.drafts.get(draft).text
        page = sun.get(f"/zh/desk/drafts/{draft}")
        sun.client.post(page.request.path, data={**form_in(page), "act": "save"})
        assert kept.drafts.get(draft).text == before


def test_rows_move_in_both_languages_together(sun, kept):
    sun.keep()
    page = sun.get("/zh/desk/drafts/1")
    zh, en = (rows(kept, draft, "agenda") for draft in (1, 2))
    answer = sun.client.post(
        page.request.path, data={**form_in(page), "act": "down agenda 0", "title": "我改过的标题"}
    )
    assert answer.status_code == 303
    assert rows(kept, 1, "agenda")[:2] == [zh[1], zh[0]]
    assert rows(kept, 2, "agenda")[:2] == [en[1], en[0]]
    assert "我改过的标题" in kept.drafts.get(1).text
    page = sun.get("/zh/desk/drafts/1")
    sun.client.post(page.request.path, data={**form_in(page), "act": "remove agenda 1"})
    assert len(rows(kept, 1, "agenda")) == len(rows(kept, 2, "agenda")) == len(zh) - 1


def test_an_objective_follows_its_quiz_item(sun, kept):
    sun.keep()
    page = sun.get("/zh/desk/drafts/1")
    aim, item = rows(kept, 1, "objectives")[0], rows(kept, 1, "quiz")[0]
    assert aim["quiz"] == "1"
    sun.client.post(page.request.path, data={**form_in(page), "act": "down quiz 0"})
    assert rows(kept, 1, "quiz")[1] == item
    assert rows(kept, 1, "objectives")[0]["quiz"] == "2"


def test_a_move_of_what_somebody_else_has_changed_keeps_what_was_typed(sun, kept):
    sun.keep()
    page = sun.get("/zh/desk/drafts/1")
    sent = form_in(page)
    written = kept.drafts.get(1)
    kept.drafts.save(1, written.text + "\n改了。\n", author=3, seen=written.version)
    answer = sun.client.post(
        page.request.path, data={**sent, "act": "down agenda 0", "title": "我的话"}
    )
    assert answer.status_code == 409
    assert 'value="我的话"' in answer.text
    assert kept.drafts.get(2).version == 1


def test_a_translation_shows_its_words_only_and_can_be_handed_in(sun, kept):
    sun.keep()
    page = sun.get("/zh/desk/drafts/2")
    assert "agenda.0.minutes" not in page.text
    assert "agenda.0.prompt" in page.text
    assert "down agenda 0" not in page.text
    for draft in (1, 2):
        page = sun.get(f"/zh/desk/drafts/{draft}")
        sun.client.post(page.request.path, data={**form_in(page), "act": "ready"})
        assert kept.drafts.get(draft).stage == "ready"


def test_a_trainer_publishes_nothing_and_an_editor_publishes_both(app, sun, kept, library):
    test_a_translation_shows_its_words_only_and_can_be_handed_in(sun, kept)
    page = "/zh/desk/drafts/1"
    assert "/review" not in sun.get(page).text
    seen = {"seen": kept.drafts.get(1).version, "act": "publish"}
    assert sun.send(f"{page}/review", page, **seen).status_code == 403
    li = Somebody(app, "li")
    assert li.send(f"{page}/review", page, **seen).status_code == 303
    texts = [(library / lang / "sessions" / "stairs-first.md").read_text("utf-8") for lang in Lang]
    assert "status: published" in texts[0]
    assert "translation_of: " in texts[1]
    assert kept.drafts.get(2).stage == "published"


def test_a_trainer_writes_sessions_and_nothing_else(app, sun, kept):
    li = Somebody(app, "li")
    sent = {"kind": "case", "lang": "zh", "slug": "a-case", "text": "x", "act": "save"}
    page = "/zh/desk/drafts/new"
    assert li.send(page, **sent).status_code == 303
    mine = kept.drafts.waiting()[0].id
    assert sun.get(f"/zh/desk/drafts/{mine}").status_code == 403
    assert sun.send(f"/zh/desk/drafts/{mine}", page, **sent).status_code == 403
    assert kept.drafts.get(mine).version == 1
    assert sun.send(page, **(sent | {"slug": "b-case"})).status_code == 403
    assert sun.send("/zh/desk/check", page, **sent).status_code == 403
    for query in ("kind=case", "page=shed-before-ban", "question=1", "subject=x", f"of={mine}"):
        assert sun.get(f"{page}?{query}").status_code == 403, query
    about = {"kind": "session", "subject": "x", "slug": "c-session", "question": "1"}
    assert sun.send(f"{page}?question=&subject=", page, **(sent | about)).status_code == 403
    assert sun.get(f"{page}?of={'9' * 5000}").status_code == 404
    outside = sent | {"kind": "session", "slug": "../../../x", "act": "preview"}
    assert sun.send(page, **outside).status_code == 409
    assert sun.get(f"{page}?page=charging-hour").status_code == 200
    assert sun.get(page).status_code == 200


def test_a_row_that_the_other_language_lacks_is_named(sun, kept):
    sun.keep()
    page = sun.get("/zh/desk/drafts/1")
    sent = form_in(page)
    last = len(rows(kept, 1, "agenda"))
    sent |= {f"agenda.{last}.{name}": value for name, value in
             (("minutes", "5"), ("kind", "discuss"), ("prompt", "再说一句"))}  # fmt: skip
    answer = sun.client.post(page.request.path, data={**sent, "minutes": "65", "act": "check"})
    assert len(re.findall("kb-findings__line", answer.text)) == 1
    assert "英文" in answer.text[answer.text.index("kb-findings") :]


# Rows --------------------------------------------------------------------------------------------

LISTS = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=6)


@given(LISTS, st.sampled_from(ROWS), st.integers(0, 7), st.sampled_from(["up", "down", "remove"]))
def test_a_move_loses_and_doubles_nothing(stems, name, row, how):
    rows_before = [{"text": stem} for stem in stems]
    aims = [{"text": stem, "quiz": str(n)} for n, stem in enumerate(stems, 1)]
    fields = {"objectives": aims, "quiz": rows_before, "agenda": rows_before}
    move = Move(how, name, row, len(stems))
    after = moved(Form(fields), move).fields
    gone = int(how == "remove" and row < len(stems))
    assert len(after[name]) == len(stems) - gone
    for aim in after["objectives"]:
        if "quiz" in aim:
            assert after["quiz"][int(aim["quiz"]) - 1]["text"] == aim["text"] or name != "quiz"
    back = {"up": "down", "down": "up"}.get(how)
    there = row + (1 if how == "down" else -1)
    if back and 0 <= there < len(stems) > row:
        assert moved(Form(after), Move(back, name, there, len(stems))).fields == fields


@given(st.text())
def test_any_button_is_a_move_or_none(act):
    assert read_move(act) is None or act.split()[1] in ROWS


def test_a_translation_of_another_length_stays_as_it_is():
    form = Form({"agenda": [{"prompt": "a"}]})
    assert moved(form, Move("remove", "agenda", 0, 2)) == form


@pytest.mark.parametrize("lang", list(Lang))
def test_a_trainer_takes_a_session_along_as_one_file(app, lang, monkeypatch):
    monkeypatch.setattr(pack, "browser", lambda: None)
    trainer, there = Somebody(app, "sun"), f"/{lang}/desk/sessions/charging-hour/pack.zip"
    assert there in trainer.get(f"/{lang}/desk/rooms/new?page=charging-hour").text
    found = trainer.client.get(there)
    assert found.mimetype == "application/zip"
    assert f"charging-hour-{lang}.zip" in found.headers["Content-Disposition"]
    with zipfile.ZipFile(BytesIO(found.data)) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
        shown = archive.read(f"charging-hour-{lang}/slides.html").decode()
    assert {"index.html", "slides.html", "slides.pptx", "quiz.html", "sign-in.html"} <= names
    assert f'<html lang="{lang}">' in shown


def test_a_pack_is_for_those_who_are_signed_in_and_of_a_session_that_there_is(app):
    there = "/zh/desk/sessions/{}/pack.zip"
    assert app.test_client().get(there.format("charging-hour")).status_code == 302
    for slug in ("nothing", "shed-before-ban", ".."):
        assert Somebody(app, "sun").client.get(there.format(slug)).status_code == 404
