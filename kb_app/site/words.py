"""Every word that the site itself says, in both languages side by side."""

from __future__ import annotations

from collections.abc import Mapping

from search_index import Evidence, Grade, Kind, Lang, Outcome

WORDS: Mapping[str, tuple[str, str]] = {
    # The whole site
    "site": ("巷知", "Lanewise"),
    "tagline": ("街巷长的案例与培训库", "Cases and training for street and lane chiefs"),
    "app_name": ("巷知：街巷长的案例与培训库", "Lanewise: cases and training for lane chiefs"),
    "language": ("zh", "en"),
    "other_language": ("English", "中文"),
    "menu": ("菜单", "Menu"),
    "scheme": ("深色或浅色", "Dark or light"),
    "text_size": ("字号", "Text size"),
    "text_standard": ("标准", "Standard"),
    "text_large": ("大", "Large"),
    "text_largest": ("特大", "Largest"),
    "skip": ("跳到正文", "Skip to the content"),
    "here": ("位置", "You are here"),
    "contents": ("本页", "On this page"),
    "version": ("版本{version}", "Version {version}"),
    "as_of": ("内容核对至{day}", "Content checked up to {day}"),
    "built_on": ("网站生成于{day}", "Site built on {day}"),
    "licence": ("内容 CC BY 4.0，程序 MIT", "Content CC BY 4.0, program MIT"),
    "printed": ("打印于", "Printed on"),
    "and": ("、", ", "),
    "colon": ("：", ": "),
    "share": ("分享这一页", "Share this page"),
    "share_send": ("分享", "Share"),
    "share_copy": ("复制链接", "Copy the link"),
    "share_copied": ("链接已复制", "Link copied"),
    "share_board": ("打印公告栏版", "Print for the notice board"),
    "share_scan": ("手机扫一扫，打开这一页", "Scan to open this page"),
    "share_code": ("这一页的二维码", "QR code of this page"),
    "share_no_code": (
        "还没有设对外的网址，手机扫码打不开，所以没有二维码。请管理员设置。",
        "A phone could not follow a QR code: the administrator has to set a public address first.",
    ),
    "feed": ("订阅更新", "Feed of changes"),
    "feed_title": ("巷知：新增和新近核对的页面", "Lanewise: pages that are new or newly checked"),
    "none_yet": ("还没有内容。", "Nothing here yet."),
    # Kinds
    "problem": ("问题", "Problem"),
    "case": ("案例", "Case"),
    "guide": ("职责指南", "Duty guide"),
    "session": ("培训", "Training session"),
    "plan": ("工作计划", "Work plan"),
    "about": ("关于", "About"),
    "page": ("页面", "Page"),
    # Places in the navigation
    "home": ("首页", "Home"),
    "problems": ("问题", "Problems"),
    "cases": ("案例", "Cases"),
    "guides": ("职责", "Duties"),
    "sessions": ("培训", "Training"),
    "plans": ("计划", "Plans"),
    "glossary": ("词汇", "Glossary"),
    # Counts: in English the word for one and the word for many
    "n_problems": ("{n}个问题", "{n} problem|{n} problems"),
    "n_cases": ("{n}个案例", "{n} case|{n} cases"),
    "n_minutes": ("{n}分钟", "{n} minute|{n} minutes"),
    "n_months": ("每{n}个月复核", "reviewed every month|reviewed every {n} months"),
    # Searching
    "search": ("搜索", "Search"),
    "search_label": ("你看到了什么？", "What do you see?"),
    "search_hint": ("比如：电瓶车上楼", "e.g. wires at windows"),
    "search_close": ("关闭", "Close"),
    "search_all_kinds": ("全部", "All"),
    "search_kinds": ("只看哪一类", "Which kind"),
    "search_problems": ("只看哪个问题", "Which problem"),
    "search_all_problems": ("全部问题", "All problems"),
    "search_count": ("{n}条结果", "{n} results"),
    "search_one": ("1条结果", "1 result"),
    "search_more": ("看全部{n}条结果", "See all {n} results"),
    "search_corrected": ("已按“{query}”搜索。", "Showing results for “{query}”."),
    "search_literal": ("仍搜“{query}”", "Search for “{query}” as typed"),
    "search_none": ("库里还没有这一条", "Not in the library yet"),
    "search_none_hint": (
        "换成巷子里的说法再试一次，词少一点。还是没有，就向办公室提问。",
        "Try the words people use in the lane, and fewer. Still missing? Ask the office.",
    ),
    "search_ask": ("没找到？向办公室提问", "Not found? Ask the office"),
    "search_failed": (
        "现在连不上服务。稍后再试，或先从问题目录里找。",
        "The service cannot be reached. Try again shortly, or look through the list of problems.",
    ),
    "search_keys": ("↑↓ 选择　回车 打开　Esc 关闭", "↑↓ choose · Enter open · Esc close"),
    "search_answer": ("库里怎么说", "What the library says"),
    "search_from": ("出自", "From"),
    "search_page_more": ("看这一页", "More from this page"),
    "search_suggestions": ("是不是要找", "Perhaps"),
    "search_typing": ("在找……", "Searching…"),
    "search_phone": (
        "连不上服务，这是本机存的结果（{day}的版本）。",
        "No connection: these results come from this device (version of {day}).",
    ),
    "search_recent": ("最近搜过", "Recent searches"),
    "search_forget": ("清除", "Clear"),
    # What the phone keeps
    "offline_kept": ("离线可用 · {day}的版本", "Offline ready · version of {day}"),
    "offline_fetching": (
        "正在存到本机，没网也能看：{percent}%",
        "Saving to this device for use offline: {percent}%",
    ),
    "offline_from_phone": (
        "现在连不上，看的是本机存的{day}的版本",
        "No connection: showing the version of {day} kept on this device",
    ),
    "offline_failed": (
        "没存完，下次打开接着试",
        "Not saved completely; it will be tried again on your next visit",
    ),
    "offline_old_stays": (
        "新版本没取到，{day}的版本照样可用",
        "The newer version could not be fetched; that of {day} still works offline",
    ),
    "offline_none": ("本机还没有存，没网时看不了", "Not kept on this device yet"),
    "offline_more": ("离线设置", "Offline settings"),
    "offline_how": (
        "存在本机的页面和搜索，没网也能用。最近搜过什么，只留在本机。",
        "What is kept on this device works without network. Recent searches never leave it.",
    ),
    "offline_save": ("存到本机（约1兆）", "Save to this device (about 1 MB)"),
    "offline_renew": ("看看有没有新版本", "Look for a newer version"),
    "offline_other": ("英文版也存到本机", "Keep the Chinese pages too"),
    "offline_other_drop": ("不再存英文版", "Stop keeping the Chinese pages"),
    "offline_drop": ("从本机清掉", "Remove from this device"),
    "handbook": ("街巷长口袋手册", "A chief's handbook"),
    "handbook_of": (
        "{day}的版本。整本就这一个文件，没网也能看、能搜。",
        "Version of {day}. All of it is in this one file; reading and searching need no network.",
    ),
    "handbook_old": (
        "这本手册已过90天，规定和电话可能变了，请换一本新的。",
        "More than 90 days old: rules and numbers may have changed. Please get a new one.",
    ),
    "handbook_get": ("下载整本手册（一个文件）", "Download the handbook (one file)"),
    "away": ("这一页本机没有存", "This page is not kept on this device"),
    "away_hint": (
        "现在连不上网。存下的页面和搜索照常能用；这一页等有了信号再打开。",
        "There is no connection. Pages and search that are kept still work; try again later.",
    ),
    # Street card
    "card": ("口袋卡", "Street card"),
    "look": ("先看", "Look"),
    "do": ("做", "Do"),
    "who": ("找谁", "Who"),
    "basis": ("依据", "Basis"),
    "dont": ("别做", "Do not"),
    # What can be under every page
    "checked": ("{day}核对", "Checked on {day}"),
    "kept_by": ("{owner}负责", "kept by {owner}"),
    "stale": ("已过复核期", "Review overdue"),
    "retired": (
        "本页已停用，只为旧链接保留。",
        "This page is retired and kept only for old links.",
    ),
    "rules": ("法规依据", "Legal basis"),
    "rule": ("《{rule}》", "{rule}"),
    "article": ("第{article}条", "Article {article}"),
    "sources": ("资料来源", "Sources"),
    "original": ("看原文", "Read it"),
    "quiz": ("测验", "Quiz"),
    "answer": ("看答案", "Show the answer"),
    "quiz_from": ("出自", "From"),
    "aliases": ("也叫", "Also called"),
    # Feedback, and what waits for a network
    "feedback": ("这一页有用吗？", "Was this page useful?"),
    "feedback_useful": ("有用", "Useful"),
    "feedback_not_useful": ("没用", "Not useful"),
    "feedback_out_of_date": ("过时了", "Out of date"),
    "feedback_mine_is_different": ("我这里不一样", "Mine is different"),
    "feedback_note": ("差在哪儿？不写也行", "What is different? You may leave it empty"),
    "feedback_send": ("送出", "Send"),
    "feedback_thanks": ("收到，谢谢。", "Received, thank you."),
    "feedback_kept": (
        "先存在手机上，有网就送出。还有{n}条在等。",
        "Kept on this phone; it will be sent when there is a network. Waiting: {n}.",
    ),
    "feedback_refused": ("没能送出：{why}", "It could not be sent: {why}"),
    "outbox_waiting": (
        "还有{n}条没送出，有网就送。",
        "Not sent yet: {n}. They go when there is a network.",
    ),
    # Evidence and outcome
    "evidence": ("证据", "Evidence"),
    "evidence_how": ("证据分几档、怎么算的", "What the evidence levels mean"),
    "several": ("多地见效", "worked in several places"),
    "measured": ("见效，有数为证", "worked, measured"),
    "once": ("见效一次", "worked once"),
    "untested": ("未经检验", "untested"),
    "failed": ("没有见效", "did not work"),
    "relapsed": ("有反弹", "relapsed"),
    "outcome": ("结果", "Outcome"),
    "outcome_worked": ("见效", "worked"),
    "outcome_partly": ("部分见效", "partly worked"),
    "outcome_failed": ("没成", "failed"),
    "outcome_unknown": ("结果未见报道", "result not reported"),
    "grade_a": ("甲：实测或正式文本", "A: measured, or the official text"),
    "grade_b": ("乙：清点或正规媒体", "B: counted, or the regular press"),
    "grade_c": ("丙：单方说法", "C: one side's statement"),
    # Case
    "composite": (
        "教学合成案例：由多处真实情形拼成，供讨论用，不对应某一条街巷。",
        "A composite teaching case, made from several real situations; it is not any one lane.",
    ),
    "facts": ("要点", "Facts"),
    "where": ("地点", "Where"),
    "when": ("时间", "When"),
    "parties": ("参与方", "Parties"),
    "rechecks": ("复查", "Rechecks"),
    "recheck_none": ("没有复查记录", "No recheck on record"),
    "held": ("守住了", "held"),
    "not_held": ("反弹了", "relapsed"),
    "value": ("（{value}）", " ({value})"),
    "measure": ("处理前后", "Before and after"),
    "before": ("之前", "Before"),
    "after": ("之后", "After"),
    "method": ("怎么量的", "How it was measured"),
    "not_measured": ("没有数", "not counted"),
    "decision_points": ("换了你怎么定", "What would you decide?"),
    "hold": ("在培训间里投票（培训员）", "Vote on it in a training room (trainers)"),
    "hold_session": ("开这一场（培训员）", "Hold this session (trainers)"),
    "point": ("第{n}个岔口", "Choice {n}"),
    "point_reveal": ("看当时怎么做的", "See what was done"),
    "point_done": ("当时怎么做", "What was done"),
    "point_why": ("为什么", "Why"),
    "not_do": ("别这样做", "Do not"),
    "used_by": ("用在这些问题上", "Problems this helps with"),
    "reused_from": ("做法借自", "The method came from"),
    "reused_by": ("做法被这些地方借用", "Reused in"),
    # Problem
    "cases_of": ("相关案例", "Cases"),
    "related": ("接着看", "Read on"),
    "cases_none": (
        "还没有案例。你那里办成过、没办成过，都值得写一个。",
        "No case yet. If you settled one, or could not, it is worth writing down.",
    ),
    # Guide
    "role": ("角色", "Role"),
    "guide_version": ("第{version}版", "Edition {version}"),
    "shares": ("谁做什么", "Who does what"),
    "duty": ("职责", "Duty"),
    "lead": ("牵头", "Leads"),
    "support": ("配合", "Supports"),
    "not_ours": ("不归我们", "Not ours"),
    "routine": ("日常检查", "Routine checks"),
    "daily": ("每天", "Every day"),
    "weekly": ("每周", "Every week"),
    "monthly": ("每月", "Every month"),
    "steps": ("步骤", "Steps"),
    "ticks_kept": (
        "勾只记在这台手机上；每天、每周、每月到时候自己清空。",
        "Ticks stay on this phone and start afresh every day, week and month.",
    ),
    "ticks_season": ("{month}多看几样", "Also look at in {month}"),
    "aloud": ("大字朗读", "Read aloud in large type"),
    "aloud_previous": ("上一条", "Back"),
    "aloud_next": ("下一条", "Next"),
    # Session
    "objectives": ("学完能做到", "Afterwards you can"),
    "objective_shown": ("看测验第{n}题", "shown by quiz item {n}"),
    "agenda": ("流程", "Agenda"),
    "at_minute": ("起止", "Minutes"),
    "part": ("环节", "Part"),
    "material": ("用什么", "Material"),
    "prompt": ("培训员怎么说", "What the trainer says"),
    "agenda_read": ("读", "Read"),
    "agenda_case": ("案例", "Case"),
    "agenda_quiz": ("测验", "Quiz"),
    "agenda_discuss": ("讨论", "Discuss"),
    "board": ("板书", "Board"),
    "handouts": ("发的材料", "Handouts"),
    # Plan
    "tasks": ("任务", "Tasks"),
    "quarter": ("{year}年第{n}季度", "Quarter {n} of {year}"),
    "task": ("任务", "Task"),
    "owner_role": ("谁来办", "Who"),
    "due": ("起止", "From – to"),
    "task_measure": ("办到什么样", "Measure"),
    # Index pages
    "home_title": ("看见什么，就搜什么", "Type what you see in the lane"),
    "home_lead": (
        "别处怎么办的、管没管用、头一步做什么，都在这里。",
        "What others did, whether it held, and what to do first.",
    ),
    "home_try": ("比如", "For example"),
    "home_season": ("{month}常见", "Common in {month}"),
    "home_first": ("先做", "First"),
    "home_groups": ("按类别找", "By group"),
    "home_guides": ("巷长的事", "A chief's work"),
    "home_weekly": ("每周五题", "Five questions a week"),
    "home_weekly_lead": (
        "一周五道小题，两三分钟，不用账号，没网也能答。",
        "Five short questions, two or three minutes, no account, also without network.",
    ),
    "home_weekly_go": ("答这周的题", "Answer this week's"),
    "home_training": ("培训与计划", "Training and plans"),
    "problems_title": ("按类别找问题", "Problems by group"),
    "problems_lead": (
        "每一页先给一张口袋卡：看什么、做什么、找谁、凭什么、别做什么。",
        "Every page begins with a street card: what to look for, do, ask for, rely on and avoid.",
    ),
    "group_cases": ("这一类的案例", "Cases in this group"),
    "no_page_yet": ("还没有写", "not written yet"),
    "cases_title": ("案例", "Cases"),
    "cases_lead": (
        "办成的和没办成的同样要紧。每个案例后面的标签，说它经过多少检验。",
        "What failed matters as much as what worked. The tag says how well each was tested.",
    ),
    "by_outcome": ("按结果看", "By outcome"),
    "any_outcome": ("全部", "All"),
    "other_cases": ("其他", "Other"),
    "guides_title": ("职责指南", "Duty guides"),
    "guides_lead": (
        "街巷长该管什么、每天看什么、找谁。",
        "What a chief answers for, what to look at each day, and whom to call.",
    ),
    "sessions_title": ("培训", "Training"),
    "sessions_lead": (
        "培训员拿来就能用的课：流程、案例、测验、板书。",
        "Sessions ready to run: agenda, cases, quiz and board plan.",
    ),
    "plans_title": ("工作计划", "Work plans"),
    "plans_lead": (
        "一年的任务，谁来办，办到什么样。",
        "The year's tasks, who does them, and how to tell.",
    ),
    "about_title": ("关于本库", "About"),
    "about_lead": (
        "案例从哪里来、怎么写、怎么核对。",
        "Where cases come from, how they are written and checked.",
    ),
    "glossary_title": ("词汇", "Glossary"),
    "glossary_lead": (
        "官方叫法、大家怎么叫、英文怎么说。",
        "The official term, what people call it, and the Chinese.",
    ),
    "glossary_filter": ("筛选词汇", "Filter the terms"),
    "glossary_none": ("没有这个词。", "No such term."),
    "glossary_also": ("也叫", "also"),
    "letters": ("按字母", "By letter"),
    "not_found": ("没有这个页面", "There is no such page"),
    "not_found_hint": (
        "它可能改了名。搜一下，或者从首页找起。",
        "It may have been renamed. Search for it, or start from the first page.",
    ),
}

EXAMPLES: Mapping[Lang, tuple[str, ...]] = {
    Lang.ZH: ("电瓶车上楼", "楼道堆杂物", "地锁拆了又装", "下雨就积水"),
    Lang.EN: ("e-bikes in the stairwell", "wires hanging from windows", "shop tables on pavement"),
}

# What scripts say; it travels to the browser with every page.
IN_BROWSER = (
    "search", "search_label", "search_hint", "search_close", "search_all_kinds", "search_kinds",
    "search_problems", "search_all_problems", "search_count", "search_one", "search_more",
    "search_corrected", "search_literal",
    "search_none", "search_none_hint", "search_ask", "search_failed", "search_keys",
    "search_answer", "search_from", "search_page_more", "search_suggestions", "search_typing",
    "problem", "case", "guide", "session", "plan", "about", "page", "checked", "stale", "several",
    "measured", "once",
    "search_phone", "search_recent", "search_forget", "offline_kept", "offline_fetching",
    "offline_from_phone", "offline_failed", "offline_old_stays", "offline_none", "offline_save",
    "offline_renew", "offline_other", "offline_other_drop", "offline_drop", "untested", "failed",
    "relapsed", "look", "do", "who", "basis", "dont", "feedback_note",
    "feedback_send", "feedback_thanks", "feedback_kept", "feedback_refused", "outbox_waiting",
    "aloud_previous", "aloud_next",
)  # fmt: skip


def word(lang: Lang, key: str, **values: object) -> str:
    """What the site says in that language, with the values filled in.

    >>> word(Lang.ZH, "look"), word(Lang.EN, "article", article=97)
    ('先看', 'Article 97')
    """
    said = WORDS[key][0 if lang is Lang.ZH else 1]
    return said.format(**values) if values else said


def tag_of(lang: Lang) -> str:
    """The language as browsers and other programs name it.

    >>> tag_of(Lang.ZH), tag_of(Lang.EN)
    ('zh-CN', 'en')
    """
    return "zh-CN" if lang is Lang.ZH else "en"


def counted(lang: Lang, key: str, n: int) -> str:
    """A number with its noun.

    >>> [counted(lang, "n_cases", n) for lang in Lang for n in (1, 2)]
    ['1个案例', '2个案例', '1 case', '2 cases']
    """
    one, _, many = word(lang, key).partition("|")
    return (one if n == 1 or not many else many).format(n=n)


def said(lang: Lang, value: Evidence | Kind | Outcome | Grade) -> str:
    """The name of one of the fixed choices.

    >>> said(Lang.EN, Outcome.PARTLY), said(Lang.EN, Grade.C), said(Lang.EN, Kind.GUIDE)
    ('partly worked', "C: one side's statement", 'Duty guide')
    """
    if isinstance(value, Outcome):
        return word(lang, f"outcome_{value}")
    if isinstance(value, Grade):
        return word(lang, f"grade_{value.lower()}")
    return word(lang, value)


def in_browser(lang: Lang) -> dict[str, str]:
    """The words that scripts show."""
    return {key: word(lang, key) for key in IN_BROWSER}
