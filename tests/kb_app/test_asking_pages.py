"""The chief's pages, as a browser without scripts sees them."""

import html
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.accounts import Role
from kb_app.questions import Answering, State

WORDS = "六号楼飞线充电没人管"
NASTY = "<script>alert(1)</script>\"'{{7*7}}</textarea>"


class Browser:
    """Follows forms as browsers do: with their hidden fields and their token."""

    def __init__(self, app, lang="zh"):
        self.client = app.test_client()
        self.lang = lang
        self.page = None

    def get(self, address):
        self.page = self.client.get(address)
        return self.page

    def send(self, address, **fields):
        """Send a form of the page that is open."""
        form = re.search(
            rf'<form[^>]*action="{re.escape(address)}"[^>]*>(.*?)</form>', self.page.text, re.DOTALL
        )
        assert form, f"no form leads to {address}"
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1])
        sent = {name: html.unescape(value) for name, value in hidden}
        self.page = self.client.post(address, data={**sent, **fields})
        return self.page

    def follow(self):
        assert self.page.status_code == 303
        return self.get(self.page.headers["Location"])

    def ask(self, **fields):
        """Ask a question, look at what comes near, and send it; gives number and code."""
        self.get(f"/{self.lang}/ask")
        self.send(f"/{self.lang}/ask", look="1", **fields)
        assert self.page.status_code == 200
        self.send(f"/{self.lang}/ask", send="1", **fields)
        where = self.page.headers["Location"]
        self.follow()
        return re.search(r"/questions/(\d+)/received\?code=(\w+)", where).groups()


@pytest.fixture
def app(app_with):
    return app_with()


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def kept(app):
    return app.extensions["lanewise"].kept


@pytest.fixture
def editor(kept):
    return kept.accounts.add("li", Role.EDITOR, "a long password").id


def answered(kept, editor, number=1, text="先清走电线，再找物业", page="ebike-flying-wire"):
    seen = kept.questions.record(number).life.position
    kept.questions.answer(
        number, Answering([page], text), actor=editor, seen=seen, has_page=lambda _: True
    )


def said(page):
    """What stands on a page, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))


# Asking ------------------------------------------------------------------------------------------


def test_words_that_were_not_found_come_along(browser, kept):
    found = browser.get("/zh/search?q=飞碟降落在胡同")
    assert 'href="/zh/ask?q=%E9%A3%9E' in found.text
    form = browser.get("/zh/ask?q=飞碟降落在胡同")
    assert ">飞碟降落在胡同</textarea>" in form.text
    browser.send("/zh/ask", text="飞碟降落在胡同，怎么办", send="1")
    assert kept.questions.record(1).story[0].query == "飞碟降落在胡同"


def test_what_comes_near_is_shown_before_anything_is_sent(browser, kept):
    browser.get("/zh/ask")
    assert 'name="send"' not in browser.page.text
    looked = browser.send("/zh/ask", text=WORDS, look="1")
    assert looked.status_code == 200
    assert "/zh/problems/ebike-flying-wire/" in looked.text
    assert 'name="send"' in looked.text
    assert kept.questions.counts().received == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_number_and_code_are_shown_after_sending_with_the_promised_days(app, kept, lang):
    browser = Browser(app, lang)
    number, code = browser.ask(text="蜂窝煤炉子搬进楼道了")
    shown = said(browser.page)
    assert f"{code[:4]} {code[4:]}" in shown
    life = kept.questions.record(int(number)).life
    day = life.echo_due
    promised = {"zh": f"{day.year}年{day.month}月{day.day}日", "en": f"{day.day} {day:%B %Y}"}
    assert promised[lang] in shown
    assert browser.page.headers["Cache-Control"] == "no-store"


def test_a_form_that_is_sent_twice_counts_once(browser, kept):
    browser.get("/zh/ask")
    form = browser.page
    first = browser.send("/zh/ask", text=WORDS, send="1").headers["Location"]
    browser.page = form
    assert browser.send("/zh/ask", text=WORDS, send="1").headers["Location"] == first
    assert kept.questions.counts().received == 1


def test_a_second_question_from_the_same_form_is_sent_after_a_word_about_it(browser, kept):
    browser.get("/zh/ask")
    form = browser.page
    browser.send("/zh/ask", text=WORDS, send="1")
    browser.page = form
    told = browser.send("/zh/ask", text="另一件事", send="1")
    assert told.status_code == 409
    assert ">另一件事</textarea>" in told.text
    assert browser.send("/zh/ask", text="另一件事", send="1").status_code == 303
    assert kept.questions.counts().received == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": " \n"}, "text"), ({"text": "字" * 2001}, "text"),
     ({"text": "字", "contact": "x" * 101}, "contact")],
)  # fmt: skip
def test_a_mistake_stands_at_its_field_and_loses_nothing(browser, kept, fields, field):
    browser.get("/zh/ask")
    told = browser.send("/zh/ask", send="1", **fields)
    assert told.status_code == 400
    tag = re.search(rf'<(?:textarea|input) id="ask-{field}"[^>]*>', told.text)[0]
    assert 'aria-invalid="true"' in tag
    assert "autofocus" in tag
    assert f"ask-{field}-mistake" in tag
    assert fields["text"].strip() in told.text
    assert kept.questions.counts().received == 0


def test_personal_data_is_pointed_out_and_keeps_nobody_from_sending(browser):
    browser.get("/zh/ask")
    told = browser.send("/zh/ask", text="张三 13800000000 占道", look="1")
    assert "手机号" in said(told)
    assert browser.send("/zh/ask", text="张三 13800000000 占道", send="1").status_code == 303


def test_a_danger_to_life_is_told_first_and_promises_no_day(browser):
    browser.get("/zh/ask?q=楼道里着火了")
    assert 'href="tel:119"' in browser.page.text
    assert "不会马上有人看" in said(browser.page)
    browser.ask(text="楼道里着火了")
    assert 'href="tel:119"' in browser.page.text
    assert "不定期限" in said(browser.page)
    assert "第一次回音" not in said(browser.page)


def test_all_words_are_shown_as_words(browser, kept, editor):
    number, code = browser.ask(text=NASTY, contact=NASTY)
    answered(kept, editor, text=NASTY)
    for address in (f"/zh/ask?q={NASTY}", f"/zh/questions/{number}?code={code}"):
        shown = browser.get(address)
        assert "<script>alert" not in shown.text
        assert NASTY in html.unescape(shown.text)


def test_a_form_from_elsewhere_is_refused_and_its_words_are_kept(browser, kept):
    browser.get("/zh/ask")
    told = browser.client.post("/zh/ask", data={"text": "一" * 20, "send": "1", "code": "SECRETSE"})
    assert told.status_code == 400
    assert "一" * 20 in told.text
    assert "SECRETSE" not in told.text
    assert kept.questions.counts().received == 0


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={name: st.text(max_size=60) for name in ("text", "contact", "query", "key")}
        | {"send": st.just("1"), "text ": st.text(max_size=5)},
    )
)
def test_whatever_a_form_holds_is_taken_in_or_explained(app, fields):
    browser = Browser(app)
    browser.get("/zh/ask")
    fields = {k: v.encode(errors="replace").decode() for k, v in fields.items()}
    assert browser.send("/zh/ask", **fields).status_code in {200, 303, 400, 409}


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.text(max_size=12), code=st.text(max_size=12))
def test_whatever_is_typed_as_number_and_code_is_answered_alike(app_with, number, code):
    browser = Browser(app_with(wrong_codes_per_hour=1_000_000))
    browser.get("/zh/questions")
    typed = {
        "number": number.encode(errors="replace").decode(),
        "code": code.encode(errors="replace"),
    }
    told = browser.send("/zh/questions", **typed)
    if "\0" in number + code:  # what no browser can send is refused in any form
        assert told.status_code == 400
        return
    assert told.status_code == 404
    assert "编号和查询码" in said(told)


# Number and code ---------------------------------------------------------------------------------


def test_number_and_code_lead_to_the_question_however_they_are_typed(browser):
    number, code = browser.ask(text=WORDS)
    browser.get("/zh/questions")
    browser.send("/zh/questions", number=f" #{number}", code=f"{code[:4].lower()} {code[4:]}")
    assert WORDS in said(browser.follow())


def test_a_wrong_code_and_an_unknown_number_are_told_alike(browser):
    number, _ = browser.ask(text=WORDS)
    pages = []
    for wrong in (f"{number}?code=AAAAAAAA", "77?code=AAAAAAAA"):
        told = browser.get(f"/zh/questions/{wrong}")
        assert told.status_code == 404
        assert WORDS not in told.text
        pages.append(re.sub(r'value="[^"]*"', "", told.text))
    assert pages[0] == pages[1]


def test_a_number_alone_asks_for_the_code(browser):
    number, _ = browser.ask(text=WORDS)
    shown = browser.get(f"/zh/questions/{number}")
    assert shown.status_code == 200
    assert WORDS not in shown.text
    assert f'name="number" value="{number}"' in shown.text


def test_who_guesses_codes_is_stopped(app_with):
    browser = Browser(app_with(wrong_codes_per_hour=3))
    number, code = browser.ask(text=WORDS)
    for _ in range(3):
        assert browser.get(f"/zh/questions/{number}?code=WRONGWRO").status_code == 404
    assert browser.get(f"/zh/questions/{number}?code={code}").status_code == 429


def test_the_picture_of_the_address_is_there_only_where_a_phone_can_follow(app_with):
    away = Browser(app_with(site_url="https://kb.example"))
    away.ask(text=WORDS)
    assert 'src="data:image/svg+xml' in away.page.text


def test_no_picture_leads_a_phone_to_itself(app_with):
    here = Browser(app_with())
    here.ask(text=WORDS)
    assert "data:image/svg+xml" not in here.page.text


# What has become of it ---------------------------------------------------------------------------


@pytest.fixture
def mine(browser):
    """The address of a question that was asked, open in the browser."""
    number, code = browser.ask(text=WORDS)
    address = f"/zh/questions/{number}?code={code}"
    browser.get(address)
    return address


def state_of(kept, number=1):
    return kept.questions.record(number).life.state


@pytest.mark.usefixtures("mine")
def test_a_new_question_has_both_days_and_pages_that_may_answer_it(browser, kept):
    shown = said(browser.page)
    assert "第一次回音" in shown
    assert "有着落" in shown
    assert "就是这一条" in shown
    browser.send("/zh/questions/1/self-resolved", link="ebike-flying-wire")
    shown = said(browser.follow())
    assert state_of(kept) is State.SELF_RESOLVED
    assert "好的，已经办结" in shown
    assert kept.questions.record(1).story[-1].event.data == {"link": "ebike-flying-wire"}


@pytest.mark.usefixtures("mine")
def test_none_of_the_pages_hands_it_on(browser, kept):
    browser.send("/zh/questions/1/opened")
    assert "这些页面都没答上" in said(browser.follow())
    assert state_of(kept) is State.OPEN


@pytest.mark.usefixtures("mine")
def test_a_page_that_does_not_exist_answers_nothing(browser, kept):
    told = browser.send("/zh/questions/1/self-resolved", link="no-such-page")
    assert told.status_code == 409
    assert state_of(kept) is State.RECEIVED


def test_an_answer_is_read_and_confirmed(browser, kept, editor, mine):
    answered(kept, editor)
    shown = browser.get(mine)
    assert "先清走电线" in said(shown)
    assert "/zh/problems/ebike-flying-wire/" in shown.text
    assert "有答复了，有用吗" in said(shown)
    browser.send("/zh/questions/1/confirmed")
    assert "谢谢，已经办结" in said(browser.follow())
    assert state_of(kept) is State.CONFIRMED


def test_who_works_on_it_is_told_by_role_and_never_by_name(browser, kept, mine):
    editor = kept.accounts.add("wanglaowu", Role.EDITOR, "a long password").id
    kept.questions.assign(1, editor, actor=editor, seen=1)
    shown = browser.get(mine)
    assert "现在由编辑办理" in said(shown)
    assert "wanglaowu" not in shown.text


def test_what_is_not_solved_is_opened_again_with_a_reason(browser, kept, editor, mine):
    answered(kept, editor)
    browser.get(mine)
    told = browser.send("/zh/questions/1/reopened", text=" ")
    assert told.status_code == 409
    assert re.search(r'<textarea id="say-reopened"[^>]*aria-invalid="true"', told.text)
    browser.send("/zh/questions/1/reopened", text="第二天又拉上了")
    assert "第二天又拉上了" in said(browser.follow())
    assert state_of(kept) is State.REOPENED


def test_something_can_be_added_until_it_is_settled(browser, kept, editor, mine):
    browser.send("/zh/questions/1/added", text="三单元也有\r\n还有五单元")
    assert "三单元也有\n还有五单元" in browser.follow().text
    kept.questions.refer(1, "消防站", "归他们管", actor=editor, seen=2)
    shown = browser.get(mine)
    assert "转由消防站办理" in said(shown)
    assert "归他们管" in said(shown)
    assert "/added" not in shown.text


@pytest.mark.usefixtures("mine")
def test_a_step_from_an_old_page_is_explained_and_its_words_stay(browser, kept, editor):
    old = browser.page
    answered(kept, editor)
    browser.page = old
    told = browser.send("/zh/questions/1/added", text="再说一句")
    assert told.status_code == 409
    assert "有了新进展" in said(told)
    assert ">再说一句</textarea>" in told.text
    assert "先清走电线" in said(told)


@pytest.mark.usefixtures("mine")
def test_a_step_with_a_wrong_code_is_refused(browser, kept):
    told = browser.send("/zh/questions/1/added", text="再说一句", code="AAAAAAAA")
    assert told.status_code == 404
    assert len(kept.questions.record(1).story) == 1


def test_a_merged_question_shows_what_was_answered_there_and_nothing_else(
    browser, kept, editor, mine
):
    Browser(browser.client.application).ask(text="飞线又来了，老王家拉的")
    kept.questions.merge(1, 2, actor=editor, seen=1)
    answered(kept, editor, number=2, text="物业周三统一清线")
    shown = said(browser.get(mine))
    assert "并到那里办" in shown
    assert "物业周三统一清线" in shown
    assert "老王家" not in shown


def test_removed_words_are_gone_and_said_to_be(browser, kept, editor, mine):
    kept.questions.redact(1, "有姓名", actor=editor, seen=1)
    shown = browser.get(mine)
    assert WORDS not in shown.text
    assert "有些话已删去" in said(shown)
    assert "原因：有姓名" in said(shown)


def test_the_other_language_shows_the_same_question(browser, kept, editor, mine):
    answered(kept, editor)
    shown = browser.get(mine.replace("/zh/", "/en/"))
    assert "There is an answer. Did it help?" in said(shown)
    assert html.escape(mine) in shown.text


# Answered before ---------------------------------------------------------------------------------


def settled(app, kept, editor, text="先清走电线，再找物业"):
    number, code = Browser(app).ask(text="老李家的飞线充电没人管，找谁")
    answered(kept, editor, int(number), text)
    life = kept.questions.record(int(number)).life
    kept.questions.confirm(int(number), code, seen=life.position)


def test_who_asks_the_same_is_shown_the_answer_and_none_of_the_askers_words(app, kept, editor):
    settled(app, kept, editor)
    browser = Browser(app)
    browser.get("/zh/ask")
    shown = browser.send("/zh/ask", text="飞线充电没人管怎么办", look="1")
    assert "先清走电线" in said(shown)
    assert "老李" not in shown.text


def test_an_answer_with_personal_data_is_not_shown_to_others(app, kept, editor):
    settled(app, kept, editor, text="请打13800000000")
    browser = Browser(app)
    browser.get("/zh/ask")
    assert "13800000000" not in browser.send("/zh/ask", text="飞线充电没人管", look="1").text


def test_an_answer_that_is_not_settled_is_not_shown_to_others(app, kept, editor):
    Browser(app).ask(text="飞线充电没人管，找谁")
    answered(kept, editor)
    browser = Browser(app)
    browser.get("/zh/ask")
    assert "先清走电线" not in said(browser.send("/zh/ask", text="飞线充电没人管", look="1"))


def test_a_program_is_told_the_same(app, kept, editor):
    settled(app, kept, editor)
    told = app.test_client().post(
        "/api/v1/similar", json={"text": "飞线充电没人管 13800000000", "lang": "zh"}
    )
    found = told.get_json()
    assert found["answered"][0]["text"] == "先清走电线，再找物业"
    assert found["answered"][0]["pages"][0]["url"] == "/zh/problems/ebike-flying-wire/"
    assert found["personal"] == ["手机号"]
    assert found["similar"][0]["id"] == "ebike-flying-wire"
