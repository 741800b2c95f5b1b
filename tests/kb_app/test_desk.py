import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kb_app.desk.sheet import KINDS, NAMES
from kb_app.feedback import Said, Verdict
from kb_app.models import Search, Trace
from kb_app.publisher import dated
from kb_app.questions import Asked, State
from kb_app.questions.clocks import china_day
from search_index import Kind, Lang, fields_of, form_of

NASTY = "<script>alert(1)</script>\"'{{7*7}}</textarea>"
WHOLE = """---
title: 电梯里装了阻车器，电动车上不了楼
lesson: 先有地方停，再不让上楼。
problems: [ebike-corridor]
aliases: [电梯阻车]
owner: 街道办事处
checked_on: 2026-11-20
review_every: 12m
status: draft
outcome: worked
sources:
  - {title: 电梯阻车记事, outlet: 街道报, grade: C}
---
## 基本情况

三号楼电梯里常有电动车。

## 决策与行动

先在楼下装了十个插座，再给电梯装阻车器。

## 结果

两个月后电梯里没有再见到电动车。

## 教训

插座要先通电。
"""


@pytest.fixture
def asked(kept):
    """The number of a question with a contact."""
    sent = Asked("六号楼的电动车天天进电梯", "zh", contact="13800000000", query="电动车进电梯")
    return kept.questions.ask(sent, "k1").number


def refused(answer):
    return " ".join(re.findall(r'kb-refused" role="alert">([^<]+)<', answer.text))


def typed(answer, name):
    found = re.search(
        rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', answer.text, re.DOTALL
    )
    return html.unescape(found[1])


def actions(kept):
    with kept.database.reading() as session:
        return [row.action for row in session.scalars(select(Trace).order_by(Trace.id))]


# The door ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_form_has_a_name_that_people_read(kind):
    def unnamed(fields, above=""):
        for name, its in fields.items():
            path = f"{above}.{name}" if above else name
            if name not in NAMES and path not in NAMES:
                yield path
            yield from unnamed(its.fields, name)

    assert set(unnamed(fields_of(kind))) == {"translation_of", "status"}


@pytest.mark.parametrize("field", ["text", "field\0", "a-new-one"])
def test_a_character_that_no_database_keeps_is_refused_in_any_field(li, field):
    refused = li.send("/zh/desk/drafts/new", **{field: "before\0after"})
    assert refused.status_code == 400
    assert "<h1>" in refused.text


def test_whoever_has_not_signed_in_is_led_to_the_door_and_back_again(desk, somebody):
    li = somebody(desk)
    answer = li.get("/zh/desk/questions/1")
    assert answer.headers["Location"] == "/zh/desk/sign-in?next=%2Fzh%2Fdesk%2Fquestions%2F1"
    answer = li.send(answer.headers["Location"], name="li", password=somebody.password)
    assert answer.headers["Location"] == "/zh/desk/questions/1"
    assert li.get("/zh/desk/sign-in").headers["Location"] == "/zh/desk"


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/zh/desk/\\evil"])
def test_signing_in_never_leads_elsewhere(desk, there, somebody):
    answer = somebody(desk).send(
        f"/zh/desk/sign-in?next={there}", name="li", password=somebody.password
    )
    assert answer.headers["Location"] == "/zh/desk"


def test_the_token_of_the_browser_is_out_of_the_reach_of_scripts(desk, somebody):
    answer = somebody(desk).send("/zh/desk/sign-in", name="li", password=somebody.password)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("desk="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_served_over_https_the_token_is_sent_over_nothing_else(app_of, somebody):
    app = app_of(site_url="https://kb.example")
    client = app.test_client()
    shown = client.get("/zh/desk/sign-in", base_url="https://kb.example").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    sent = {"csrf_token": token, "name": "li", "password": somebody.password}
    answer = client.post("/zh/desk/sign-in", data=sent, base_url="https://kb.example")
    assert all("Secure" in c for c in answer.headers.getlist("Set-Cookie") if "visitor" not in c)


def test_a_wrong_password_is_refused_and_the_name_kept(desk, somebody):
    answer = somebody(desk).send("/zh/desk/sign-in", name='li"><b>', password="wrong password")
    assert answer.status_code == 403
    assert "密码" in refused(answer)
    assert 'value="li&#34;&gt;&lt;b&gt;"' in answer.text


def test_signing_out_ends_it_in_the_database_too(desk, li):
    cookie = li.client.get_cookie("desk", path="/")
    assert li.send("/zh/desk/sign-out", "/zh/desk").status_code == 303
    other = desk.test_client()
    other.set_cookie("desk", cookie.value)
    assert "sign-in" in other.get("/zh/desk").headers["Location"]


def test_a_form_without_its_token_changes_nothing_and_gives_the_words_back(li, asked, kept):
    words = "这段话很长，长到值得留下来，不能因为一个小小的记号不对就丢掉它，还要重新打一遍字。"
    answer = li.client.post(f"/zh/desk/questions/{asked}/note", data={"text": words, "seen": 1})
    assert answer.status_code == 400
    assert words in answer.text
    assert kept.questions.record(asked).life.position == 1


def test_what_was_typed_after_being_signed_out_is_given_back(desk, asked):
    words = "这段话很长，长到值得留下来，不能因为登录过了时间就丢掉它，还要从头再打一遍字。"
    sent = {"text": words, "password": "p" * 60}
    answer = desk.test_client().post(f"/zh/desk/questions/{asked}/note", data=sent)
    assert answer.status_code == 401
    assert words in answer.text
    assert "pppp" not in answer.text


def test_a_trainer_is_told_where_the_sessions_are(desk, somebody):
    sun = somebody(desk, "sun")
    assert "培训" in sun.get("/zh/desk").text
    assert sun.get("/zh/desk/questions/1").status_code == 403


def test_nothing_that_is_read_at_the_desk_stays_in_the_browser(li):
    assert li.get("/zh/desk").headers["Cache-Control"] == "no-store"


# Questions ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_the_inbox_names_every_open_question(li):
    shown = li.get("/zh/desk").text
    assert "六号楼的电动车天天进电梯" in shown
    assert "13800000000" not in shown
    for which in ("open", "overdue", "administrator", "mine", "settled", "nonsense"):
        assert li.get(f"/zh/desk?which={which}").status_code == 200


def test_a_contact_is_shown_only_when_asked_for_and_each_look_is_kept(li, asked, kept):
    page = f"/zh/desk/questions/{asked}"
    assert "13800000000" not in li.get(page).text
    assert "13800000000" in li.send(f"{page}/contact", page).text
    assert actions(kept).count("contact-seen") == 1


def test_a_settled_question_shows_no_contact(li, asked, kept):
    page = f"/zh/desk/questions/{asked}"
    li.send(f"{page}/referred", page, seen=1, to="物业", text="归物业管")
    answer = li.send(f"{page}/contact", page)
    assert answer.status_code == 409
    assert "13800000000" not in answer.text
    assert "contact-seen" not in actions(kept)


def test_an_editor_takes_every_step_that_is_his(li, asked, kept):
    page = f"/zh/desk/questions/{asked}"
    other = kept.questions.ask(Asked("六号楼电动车进电梯没人管", "zh"), "k2").number
    steps = [
        ("opened", {}, State.OPEN),
        ("classified", {"problem": "ebike-corridor"}, State.OPEN),
        ("assigned", {"account": 1}, State.ASSIGNED),
        ("note", {"text": "正在问物业"}, State.ASSIGNED),
        (
            "answered",
            {"links": "ebike-corridor", "more": "/zh/cases/shed-before-ban/"},
            State.ANSWERED,
        ),
        ("reopened", {"text": "又来了"}, State.REOPENED),
        ("merged", {"into": other, "text": "同一件事"}, State.MERGED),
        ("reopened", {"text": "不是一件事"}, State.REOPENED),
        ("referred", {"to": "物业", "text": "归物业"}, State.REFERRED),
        ("redacted", {"reason": "有人名", "position": 1}, State.REFERRED),
    ]
    for seen, (step, sent, state) in enumerate(steps, 1):
        answer = li.send(f"{page}/{step}", page, seen=seen, **sent)
        assert answer.status_code == 303, (step, refused(answer))
        assert kept.questions.record(asked).life.state is state
    life = kept.questions.record(asked).life
    assert (life.problem, life.links) == ("ebike-corridor", ("ebike-corridor", "shed-before-ban"))
    assert "文字已删除" in li.get(page).text


def test_a_stale_move_is_explained_and_the_words_are_kept(li, wang, asked):
    page = f"/zh/desk/questions/{asked}"
    wang.send(f"{page}/opened", page, seen=1)
    answer = li.send(f"{page}/note", page, seen=1, text="我写了很久的话")
    assert answer.status_code == 409
    assert "还在原处" in refused(answer)
    assert "我写了很久的话" in answer.text
    assert 'name="seen" value="2"' in answer.text


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        ("answered", {}),
        ("answered", {"links": "no-such-page"}),
        ("merged", {}),
        ("merged", {"into_other": "999999999"}),
        ("merged", {"into": "1"}),
        ("referred", {"to": "物业"}),
        ("note", {"text": "  "}),
        ("classified", {"problem": "nonsense"}),
        ("assigned", {"account": "77"}),
        ("redacted", {"reason": ""}),
        ("redacted", {"reason": "x", "position": "9"}),
        ("reopened", {"text": "x"}),
    ],
)
def test_a_step_that_lacks_something_is_refused_with_the_reason(li, asked, step, sent):
    page = f"/zh/desk/questions/{asked}"
    answer = li.send(f"{page}/{step}", page, seen=1, **sent)
    assert answer.status_code in {404, 409}
    assert refused(answer) or answer.status_code == 404


def test_pages_and_questions_are_searched_without_losing_what_was_typed(li, asked, kept):
    kept.questions.ask(Asked("地锁又装回来了", "zh"), "k2")
    page = f"/zh/desk/questions/{asked}"
    answer = li.send(
        f"{page}/answered",
        page,
        seen=1,
        look=1,
        find_page="地锁",
        text="先别急",
        links="ebike-corridor",
    )
    assert 'value="locks-came-back"' in answer.text
    assert 'value="ebike-corridor" checked' in answer.text
    assert "先别急" in answer.text
    answer = li.send(f"{page}/merged", page, seen=1, look=1, find_question="地锁")
    assert "地锁又装回来了" in answer.text


def test_nothing_that_anybody_writes_becomes_markup(li, kept):
    number = kept.questions.ask(Asked(NASTY, "zh", contact=NASTY, query=NASTY), "k3").number
    page = f"/zh/desk/questions/{number}"
    li.send(f"{page}/note", page, seen=1, text=NASTY)
    li.send(f"{page}/answered", page, seen=2, links="ebike-corridor", text=NASTY)
    li.send(f"{page}/reopened", page, seen=3, text=NASTY)
    li.send(f"{page}/referred", page, seen=4, to=NASTY, text=NASTY)
    kept.feedback.take(
        Said("shed-before-ban", "zh", Verdict.OUT_OF_DATE, note=NASTY),
        "f",
        kept.questions.now().date(),
    )
    shown = [li.get(page), li.get("/zh/desk?which=settled"), li.get("/zh/desk?tab=feedback")]
    shown += [li.get(f"/zh/desk/drafts/new?kind=case&question={number}")]
    sent = {"kind": "case", "lang": "zh", "slug": NASTY, "text": NASTY, "subject": NASTY}
    for act in ("check", "preview", "fields", "text", "save"):
        shown.append(li.send("/zh/desk/drafts/new", "/zh/desk/drafts/new", act=act, **sent))
    for answer in shown:
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
        assert "'49'" not in answer.text
        assert ">49<" not in answer.text


def test_a_number_that_was_never_given_is_said_to_be_unknown(li):
    assert li.get("/zh/desk/questions/77").status_code == 404
    assert li.get("/zh/desk/drafts/77").status_code == 404
    assert li.get("/zh/desk/drafts/new?question=77").status_code == 404
    assert li.get("/zh/desk/drafts/new?subject=gap:zh:0").status_code == 404
    assert li.get("/zh/desk/drafts/new?of=77").status_code == 404
    assert li.get("/zh/desk/drafts/new?page=nowhere").status_code == 400


# What was not found ------------------------------------------------------------------------------


@pytest.fixture
def gap(kept):
    day = china_day(kept.questions.now())
    with kept.database.writing() as session:
        for number, words in enumerate(["井盖丢了", "井盖丢了怎么办"]):
            session.add(
                Search(words=words, lang="zh", day=day, answered=False, hits=0, visit=f"v{number}")
            )
    return "/zh/desk?tab=gaps"


def subject_on(answer):
    return re.search(r'name="subject" value="([^"]+)"', answer.text)[1]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("how", "sent"),
    [
        ("link", {"page": "ebike-corridor"}),
        ("link", {"other_page": "/zh/cases/shed-before-ban/"}),
        ("merge", {"into": "1"}),
        ("refer", {"to": "市政", "reason": "归市政管"}),
        ("not-ours", {"reason": "不是街巷里的事"}),
    ],
)
def test_a_gap_is_closed_in_each_way_and_it_is_kept_who_and_why(li, kept, gap, how, sent):
    subject = subject_on(li.get(gap))
    answer = li.send("/zh/desk/closings", gap, tab="gaps", subject=subject, how=how, **sent)
    assert answer.status_code == 303, refused(answer)
    assert "井盖" not in li.get(gap).text.replace("已关闭：井盖丢了", "")
    closed = kept.inbox.closings()
    assert {each.how for each in closed} == {how}
    assert closed[0].actor == 1
    assert li.get("/zh/desk?tab=closed").text.count("<td>li</td>") == 2
    again = li.send("/zh/desk/closings", "/zh/desk", tab="gaps", subject=subject, how=how, **sent)
    assert again.status_code == 303
    assert len(kept.inbox.closings()) == 2


@pytest.mark.parametrize(
    ("how", "sent"),
    [
        ("link", {}),
        ("link", {"page": "nowhere"}),
        ("merge", {}),
        ("merge", {"into": "999"}),
        ("merge", {"into": "x"}),
        ("refer", {"to": "市政"}),
        ("not-ours", {}),
    ],
)
def test_a_gap_is_not_closed_without_what_belongs_to_it(li, kept, gap, how, sent):
    subject = subject_on(li.get(gap))
    answer = li.send("/zh/desk/closings", gap, tab="gaps", subject=subject, how=how, **sent)
    assert answer.status_code == 409
    assert refused(answer)
    assert kept.inbox.closings() == ()
    assert li.send("/zh/desk/closings", gap, subject=subject, how="write").status_code == 400


def test_words_that_a_page_answers_become_another_name_of_it(li, gap):
    subject = subject_on(li.get(gap))
    li.send(
        "/zh/desk/closings", gap, tab="gaps", subject=subject, how="link", page="shed-before-ban"
    )
    shown = li.get("/zh/desk?tab=aliases").text
    link = html.unescape(re.search(r'class="kb-act" href="([^"]+alias=[^"]+)"', shown)[1])
    page = li.get(link)
    assert "井盖丢了" in typed(page, "text")
    assert "title: 棚先建好" in typed(page, "text")


def test_writing_about_a_gap_closes_it(li, kept, gap):
    subject = subject_on(li.get(gap))
    new = f"/zh/desk/drafts/new?kind=case&subject={subject}"
    page = li.get(new)
    assert "aliases: [井盖丢了, 井盖丢了怎么办]" in typed(page, "text")
    sent = {"kind": "case", "lang": "zh", "slug": "manhole", "text": typed(page, "text")}
    answer = li.send("/zh/desk/drafts/new", new, subject=subject, act="save", **sent)
    assert answer.headers["Location"] == "/zh/desk/drafts/1"
    assert {each.how for each in kept.inbox.closings()} == {"write"}


# Writing -----------------------------------------------------------------------------------------


def new_draft(somebody, text=WHOLE, slug="lift-blocker", act="save", **sent):
    sent = {"kind": "case", "lang": "zh", "slug": slug, "text": text, "act": act, **sent}
    return somebody.send("/zh/desk/drafts/new", "/zh/desk/drafts/new", **sent)


def test_a_question_becomes_a_draft_with_its_facts_and_never_its_contact(li, asked):
    page = li.get(f"/zh/desk/drafts/new?kind=case&question={asked}")
    text = typed(page, "text")
    assert "title: 六号楼的电动车天天进电梯" in text
    assert "aliases: [电动车进电梯]" in text
    assert "## 基本情况\n\n六号楼的电动车天天进电梯\n" in text
    assert "13800000000" not in page.text
    assert 'value="liu-hao-lou-de-dian-dong"' in page.text


def test_the_rules_of_the_library_are_said_with_their_lines(li, kept):
    answer = new_draft(li, WHOLE.replace("outcome: worked", "outcome: workd"), act="check")
    assert "第 10 行" in answer.text
    assert "是不是 `worked`" in answer.text
    answer = new_draft(li, act="check")
    assert "没有要改的" in answer.text
    assert kept.drafts.waiting() == ()


def test_a_script_gets_the_same_findings_as_json(li):
    token = re.search(r'name="csrf_token" value="([^"]+)"', li.get("/zh/desk/drafts/new").text)[1]
    sent = {"kind": "case", "lang": "zh", "slug": "x", "text": "电话 13800000000"}
    answer = li.client.post("/zh/desk/check", data=sent, headers={"X-CSRFToken": token})
    assert answer.get_json()["private"] == ["手机号"]
    assert answer.get_json()["findings"][0]["line"] == 1
    assert li.client.post("/zh/desk/check", data=sent).status_code == 400


@pytest.mark.parametrize(
    "secret", ["13800000000", "110101199003071234", "京A12345", "li@kb.example"]
)
def test_personal_data_is_never_kept_but_stays_in_its_field(li, kept, secret):
    answer = new_draft(li, WHOLE + secret)
    assert answer.status_code == 409
    assert "个人信息" in refused(answer)
    assert secret in typed(answer, "text")
    assert kept.drafts.waiting() == ()


@pytest.mark.parametrize("slug", ["", "Shed", "../x", "index", "shed-before-ban", "daily-patrol"])
def test_a_name_that_cannot_be_or_is_taken_is_refused(li, kept, slug):
    assert new_draft(li, slug=slug).status_code == 409
    assert kept.drafts.waiting() == ()


def test_a_second_draft_of_the_same_name_leads_to_the_first(li):
    new_draft(li)
    assert '/zh/desk/drafts/1"' in new_draft(li).text


def test_a_page_is_shown_as_it_will_look(li):
    answer = new_draft(li, act="preview")
    shown = answer.text.partition("kb-preview")[2]
    assert '<header class="kb-head">' in shown
    assert 'href="/zh/problems/ebike-corridor/"' in shown


def test_what_no_page_may_have_is_not_even_shown(li):
    answer = new_draft(li, WHOLE + "\n<img src=x onerror=alert(1)>\n", act="preview")
    assert answer.status_code == 409
    assert "<img src=x" not in answer.text


def test_the_form_and_the_text_say_the_same(li):
    fields = new_draft(li, act="fields").text
    form = fields[fields.index("kb-sheet") :]
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    texts = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    chosen = re.findall(r'<select name="([^"]+)">(?:(?!</select>).)*value="([^"]*)" selected', form)
    sent |= dict(texts) | dict(chosen) | {"act": "text"}
    sent = {name: html.unescape(value) for name, value in sent.items()}
    assert sent["sources.0.title"] == "电梯阻车记事"
    assert 'value="ebike-corridor" checked' in form
    answer = li.client.post("/zh/desk/drafts/new", data={**sent, "problems": "ebike-corridor"})
    text = typed(answer, "text")
    assert form_of(text, Kind.CASE, Lang.ZH) == form_of(WHOLE, Kind.CASE, Lang.ZH)
    assert "  - {title: 电梯阻车记事, outlet: 街道报, grade: C}\n" in text


def test_a_text_that_no_form_can_show_stays_text(li):
    answer = new_draft(li, "no front matter", act="fields")
    assert typed(answer, "text") == "no front matter\n"
    assert "还不能用表单显示" in refused(answer)


def test_an_unsound_draft_is_kept_but_not_handed_in(li, kept):
    answer = new_draft(li, WHOLE.replace("outcome: worked\n", ""), act="ready")
    assert answer.status_code == 409
    assert kept.drafts.get(1).stage == "writing"


# Publishing --------------------------------------------------------------------------------------


def review(somebody, act="publish", draft=1, version=1, **sent):
    page = f"/zh/desk/drafts/{draft}"
    return somebody.send(f"{page}/review", page, act=act, seen=version, **sent)


def test_a_page_is_published_after_a_second_look_and_answers_its_question(
    li, wang, kept, asked, content
):
    new_draft(li, act="ready", question=asked)
    assert review(li).status_code == 409
    assert not (content / "zh/cases/lift-blocker.md").exists()
    assert review(wang, answer=1).status_code == 303
    today = china_day(datetime.now(UTC))
    said = WHOLE.replace("status: draft", "status: published")
    assert (content / "zh/cases/lift-blocker.md").read_text("utf-8") == dated(said, today)
    life = kept.questions.record(asked).life
    assert (life.state, life.links) == (State.ANSWERED, ("lift-blocker",))
    assert "已发布" in wang.get("/zh/desk/drafts/1").text
    assert review(wang).status_code == 409


def test_nobody_publishes_what_was_not_handed_in_or_has_changed_since(li, wang, content):
    new_draft(li)
    assert review(wang).status_code == 409
    assert review(wang, version=7).status_code == 409
    assert not (content / "zh/cases/lift-blocker.md").exists()


def test_whoever_changes_a_draft_becomes_its_author(li, wang, kept):
    new_draft(li, act="ready")
    changed = WHOLE.replace("十个", "十二个")
    wang.send("/zh/desk/drafts/1", act="ready", text=changed, seen=1)
    assert kept.drafts.get(1).author == 2
    assert review(wang, version=2).status_code == 409
    assert review(li, version=2).status_code == 303


def test_a_draft_goes_back_with_a_reason(li, wang, kept):
    new_draft(li, act="ready")
    assert review(wang, act="return").status_code == 409
    assert review(wang, act="return", remark="结果要写数").status_code == 303
    assert "结果要写数" in li.get("/zh/desk/drafts/1").text
    assert kept.drafts.get(1).stage == "returned"


def test_two_who_write_at_once_do_not_overwrite_each_other(li, wang, kept):
    new_draft(li)
    li.send("/zh/desk/drafts/1", act="save", text=WHOLE + "\n多一句。\n", seen=1)
    answer = wang.send("/zh/desk/drafts/1", act="save", text=WHOLE + "\n另一句。\n", seen=1)
    assert answer.status_code == 409
    assert "另一句" in typed(answer, "text")
    assert "多一句" in kept.drafts.get(1).text


def test_without_a_second_look_the_author_publishes(app_of, content, somebody):
    li = somebody(app_of(second_look=False), "li")
    new_draft(li)
    assert review(li).status_code == 303
    assert (content / "zh/cases/lift-blocker.md").exists()


def test_an_english_page_that_may_no_longer_say_the_same_is_not_forgotten(li, wang, content):
    page = "/zh/desk/drafts/new?page=shed-before-ban&lang=zh"
    text = typed(li.get(page), "text").replace("三十个插座", "三十二个插座")
    sent = {"kind": "case", "lang": "zh", "slug": "shed-before-ban", "given": 1, "text": text}
    assert li.send("/zh/desk/drafts/new", page, act="ready", **sent).status_code == 303
    answer = review(wang)
    assert answer.status_code == 409
    assert "英文页" in answer.text
    before = (content / "en/cases/shed-before-ban.md").read_text("utf-8")
    assert review(wang, still_says=1).status_code == 303
    after = (content / "en/cases/shed-before-ban.md").read_text("utf-8")
    assert after != before
    assert re.sub("translation_of: .*", "", after) == re.sub("translation_of: .*", "", before)
    assert "三十二个插座" in (content / "zh/cases/shed-before-ban.md").read_text("utf-8")


def test_a_translation_is_begun_from_the_chinese_draft_and_published_with_it(
    li, wang, kept, content
):
    new_draft(li, act="ready")
    page = "/en/desk/drafts/new?of=1"
    text = typed(li.get(page), "text")
    assert text.startswith("---\ntitle: 电梯")
    assert "outcome" not in text
    assert "## Situation" in text
    sent = {"kind": "case", "lang": "en", "slug": "lift-blocker", "given": 1, "act": "save"}
    li.send("/en/desk/drafts/new", page, text=text.replace("电梯阻车", "lift blocker"), **sent)
    draft = kept.drafts.get(2)
    kept.drafts.hand_in(2, account=1, seen=draft.version)
    assert review(wang).status_code == 303
    english = (content / "en/cases/lift-blocker.md").read_text("utf-8")
    assert "translation_of: " in english
    assert kept.drafts.get(2).stage == "published"
