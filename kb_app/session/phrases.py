"""The sentences of which the builder makes a session, in both languages; a trainer edits them."""

from __future__ import annotations

from collections.abc import Mapping

from search_index import Evidence, Lang

# What is typed for one language only is replaced by the first of these in the other one.
AUDIENCES: tuple[tuple[str, str], ...] = (
    ("街长、巷长", "Street and lane chiefs"),
    ("新任街巷长", "New street and lane chiefs"),
    ("街巷长和社区书记", "Street and lane chiefs with community secretaries"),
    ("街巷长、社区和物业", "Street and lane chiefs, communities and property firms"),
)

_LEVELS: Mapping[Evidence, tuple[str, str]] = {
    Evidence.SEVERAL: ("多地见效", "worked in several places"),
    Evidence.MEASURED: ("见效，有数为证", "worked, measured"),
    Evidence.ONCE: ("见效一次", "worked once"),
    Evidence.UNTESTED: ("还没验证", "untested"),
    Evidence.FAILED: ("没办成", "did not work"),
}

_PHRASES: Mapping[str, tuple[str, str]] = {
    "title": ("{topics}：案例培训", "Case training: {topics}"),
    "title_plain": ("案例培训", "Case training"),
    "lesson": (
        "练{cases}的取舍，每人带走一步、一个日子、一种数法。",
        "Decide {cases} together; everyone leaves with one step, one date and one way to count.",
    ),
    "lesson_plain": (
        "把职责念明白，每人带走一步、一个日子、一种数法。",
        "Read the duties until they are clear; everyone leaves with one step, one date, one count.",
    ),
    "one": ("一个案例", "one case"),
    "two": ("两个案例", "two cases"),
    "several_cases": ("{n}个案例", "{n} cases"),
    "aim": ("答得出，也说得清为什么：{stem}", "Answer this and give the reason: {stem}"),
    "opening": (
        (
            "签到。先请两个人说上次带走的那一步办了没有，没办成的说卡在哪儿。再每人写一句：{topics}"
            "在我的巷里，几点钟、哪个位置，看见了什么。只写看见的，不写办法。"
        ),
        (
            "Sign in. Two people say whether the step they took away "
            "last time was done, and if not, "
            "what it got stuck on. Then everybody writes one line about "
            "their own lane ({topics}): at "
            "which hour, at which spot, what was seen. Only what was seen, no remedies yet."
        ),
    ),
    "pretest": (
        (
            "先做第1到第{last}题，手机答、举牌都行，不记名。错得最多的那道先不讲，记在黑板角上，"
            "后面回头看。"
        ),
        (
            "Items 1 to {last} first, by phone or by cards, without "
            "names. Do not explain the one that "
            "most people miss; write its number in a corner of the board and come back to it."
        ),
    ),
    "guide": (
        (
            "请一位念“{title}”的头几步：{steps}。念一步停一下，旁边的人说一件本月真办过的；"
            "说不出来的那一步，记下来。"
        ),
        (
            "Somebody reads the first steps of “{title}”: {steps}. "
            "After each one, a neighbour names "
            "something really done this month; note the step for which nobody can."
        ),
    ),
    "case": (
        (
            "讲到要拿主意的地方就停下，问大家：{ask}先各投各的，投完再说理由，职务低的先说。"
            "哪个事实会让你改主意？说完了，再讲当时怎么办的。"
        ),
        (
            "Tell it up to the decision and stop. Ask: {ask} Everybody votes alone, then gives "
            "reasons, the most junior first. Which fact would change "
            "your mind? Only then tell what "
            "was really done."
        ),
    ),
    "more_points": (
        "后面还有{n}处要停下来投票，一样办。",
        "There are {n} more votes later on; do the same.",
    ),
    "failed": (
        "这件事没办成，结尾不要提前漏。讲完再问：最早第几周能看出不对？",
        (
            "It did not work; do not let the ending slip. Afterwards "
            "ask: in which week could one have "
            "seen it first?"
        ),
    ),
    "relapsed": (
        "复查时又回来了。讲完再问：第四周去看，你会看哪一样？",
        "At the recheck it had come back. Afterwards ask: what would you look at in week four?",
    ),
    "transfer_card": (
        (
            "回到自己的巷，每桌指一处真地方，照“{title}”的口袋卡说三句：先看什么，先做什么，找谁。"
            "这一条不能做：{dont}谁差点做过，说说当时怎么收的手。"
        ),
        (
            "Back to your own lanes. Each table names one real spot and says three things from the "
            "street card of “{title}”: what to look at, what to do first, whom to find. Not to be "
            "done: {dont} Who nearly did it, and what stopped you?"
        ),
    ),
    "transfer": (
        "换到自己的巷，这个办法哪一步走不通？少了谁？每桌说一条，再说一条一定不能做的。",
        (
            "In your own lane, at which step would it get stuck, and "
            "who would be missing? One answer "
            "a table, and one thing that must not be done."
        ),
    ),
    "quiz": (
        (
            "做第{first}到第{last}题，答一道讲一道。错得最多的两道，翻到出处那一页，念原文。"
            "来不及的会后做。"
        ),
        (
            "Items {first} to {last}, each explained at once. For the two that most people missed, "
            "open the page they come from and read it out. What does not fit is done afterwards."
        ),
    ),
    "closing": (
        (
            "每人一张行动卡，写四行：我的巷、先走的一步、哪一天办、怎么数。约好哪天回头看。"
            "答不上来的问题写在背面，交上来就有编号，办到哪一步都有回音。"
        ),
        (
            "One action card each, four lines: my lane, my first step, "
            "on which day, how I count it. "
            "Agree on the day to look back. Questions nobody could "
            "answer go on the back; each gets a "
            "number and a reply."
        ),
    ),
    "board_causes": (
        "左边：为什么会这样，一条写一行；留一行写“还缺哪个数”",
        "Left: why it is so, one cause a line; one line kept for the number that is still missing",
    ),
    "board_votes": (
        "中间：{ask}{letters}各一栏，投完再写票数",
        "Centre: {ask} One column each for {letters}; numbers only after the vote",
    ),
    "board_steps": (
        "右边：办法、谁办、几点前、怎么数，四栏",
        "Right: four columns – step, who, by when, how counted",
    ),
    "board_questions": (
        "右下角：没答上来的问题，一条一个号",
        "Bottom right: questions that were not answered, each with its number",
    ),
    "no_problem": ("没有“{slug}”这类问题{near}", "There is no problem type {slug}{near}"),
    "no_case": ("没有“{slug}”这个案例{near}", "There is no case {slug}{near}"),
    "no_guide": ("没有“{slug}”这份职责指南{near}", "There is no duty guide {slug}{near}"),
    "nearest": ("，是不是 {slug}？", "; did you mean {slug}?"),
    "no_points": (
        "“{title}”没有投票题，不能当案例讲。",
        "“{title}” has no decision points, so it cannot be run as a case.",
    ),
    "nothing": (
        "至少选一类问题、一个案例或一份指南。",
        "Choose a problem, a case or a duty guide.",
    ),
    "no_case_about": (
        "“{topics}”还没有带投票题的案例，请另选问题，或者点名案例、指南。",
        (
            "There is no case with decision points about {topics} yet; "
            "choose another problem, or name "
            "a case or a guide."
        ),
    ),
    "bad_minutes": (
        "时长要在{least}到{most}分钟之间。",
        "A session takes from {least} to {most} minutes.",
    ),
    "too_short": (
        "选了这些，至少要{needed}分钟，现在只有{minutes}分钟：加时间，或者少选几样。",
        (
            "This needs at least {needed} minutes and there are "
            "{minutes}: take longer, or choose less."
        ),
    ),
    "too_few": (
        "相关的测验题只有{count}道，至少要{least}道：再选一类问题或一个案例。",
        (
            "There are only {count} quiz items about this and it takes "
            "{least}: choose another problem "
            "or case as well."
        ),
    ),
    "made": ("这一场是怎么配的", "How this session was put together"),
    "chosen": (
        "没有点名要哪个案例，从“{topics}”里挑了有投票题、证据最好的：",
        "No case was named, so those with a vote and the best evidence on {topics} were taken:",
    ),
    "given": ("案例是点名要的：", "The cases were named:"),
    "case_line": ("{title}：{level}，投票{points}次", "{title}: {level}, votes: {points}"),
    "came_back": ("，后来反弹", ", relapsed later"),
    "guides": ("一起读：{pages}", "Read together: {pages}"),
    "bank": (
        "测验{count}题：{own}题出自这几页，{same}题出自同一类问题的页，{near}题出自相近问题的页。",
        (
            "Quiz items: {count}. From these pages {own}, from pages "
            "about the same problems {same}, "
            "from pages about problems nearby {near}."
        ),
    ),
    "before": ("上课以前", "Before you use it"),
    "edit": (
        (
            "提问是照着案例套的句子，请改成自己的话，"
            "先找两个同事试讲一遍。案例的结尾单独印，不要提前发。"
        ),
        (
            "The prompts are set sentences filled in from the cases; "
            "put them in your own words and "
            "try them on two colleagues. Print the endings separately "
            "and do not hand them out early."
        ),
    ),
}


def phrase(lang: Lang, key: str, **values: object) -> str:
    """A sentence in a language, filled in.

    >>> phrase(Lang.EN, "aim", stem="Whom do you call?")
    'Answer this and give the reason: Whom do you call?'
    """
    return _in(lang, _PHRASES[key]).format(**values)


def level(lang: Lang, evidence: Evidence) -> str:
    """How well a case is proven, in words.

    >>> level(Lang.ZH, Evidence.ONCE)
    '见效一次'
    """
    return _in(lang, _LEVELS[evidence])


def audience(lang: Lang, typed: str, typed_in: Lang) -> str:
    """For whom a session is: as it was typed in that language, else as near as is known.

    >>> audience(Lang.EN, "新任街巷长", Lang.ZH), audience(Lang.EN, "三班的人", Lang.ZH)
    ('New street and lane chiefs', 'Street and lane chiefs')
    """
    known = next((pair for pair in AUDIENCES if typed in pair), None)
    if known is None and typed and lang is typed_in:
        return typed
    return _in(lang, known or AUDIENCES[0])


def listed(lang: Lang, words: list[str]) -> str:
    """Some words in a row.

    >>> listed(Lang.EN, ["parking", "dogs"])
    'parking, dogs'
    """
    return ("、" if lang is Lang.ZH else ", ").join(words)


def _in(lang: Lang, pair: tuple[str, str]) -> str:
    return pair[0 if lang is Lang.ZH else 1]
