"""What is handed out and pinned up: print-ready sheets of a session as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from kb_app.session.deck import document
from kb_app.session.slides import Telling, card_lines, lettered, spelled_out
from kb_app.session.words import word
from search_index import AgendaKind, Lang, Library, Page, QuizItem, Session, blocks

STYLE = (
    "@page{size:A4;margin:16mm}*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:178mm;padding:8px;background:#fff;color:#000;font:12pt/1.6 "
    '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}'
    ':lang(en) body{font-family:system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}'
    "h1{font-size:18pt;line-height:1.3}h2{font-size:14pt;margin:1.2em 0 .3em;break-after:avoid}"
    "li{margin-bottom:.3em}.item,.card{break-inside:avoid}.new{break-before:page}"
    ".plain{list-style:none;padding-left:1em}table{width:100%;border-collapse:collapse}"
    "th,td{border:1px solid #000;height:10mm;padding:0 3mm;text-align:left}"
    ".card{border:1px dashed #000;padding:5mm;height:54mm;margin-bottom:4mm}"
    ".line{border-bottom:1px solid #000;margin:0 0 2mm;height:9mm}a{color:#a3362b}"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file name without its ending, a title, and the body as HTML."""

    name: str
    title: str
    body: str

    def html(self, lang: Lang) -> str:
        """The sheet as one file."""
        return document(self.title, lang, f"<h1>{escape(self.title)}</h1>{self.body}", STYLE)


def sheets(library: Library, page: Page, session: Session) -> tuple[Sheet, ...]:
    """The sheets that have something to say, in the order of the room."""
    lang = page.lang
    aims = _ul([aim.text for aim in session.objectives])
    bodies = {
        "handout": f"<p>{escape(page.lesson)}</p><h2>{word(lang, 'aims')}</h2>{aims}"
        f"{_readings(library, page, session)}",
        "case": "".join(_cases(library, page, session)),
        "quiz": "".join(_item(item, _options(item.options)) for item in session.quiz),
        "quiz-key": "".join(_item(item, _answer(library, item, lang)) for item in session.quiz),
        "sign-in": _sign_in(lang),
        "action-cards": _card(lang) * 4,
        "board": _ul(list(session.board)),
    }
    titles = {"case": "cases", "quiz-key": "key", "sign-in": "sign", "action-cards": "card"}
    made = ((name, word(lang, titles.get(name, name)), body) for name, body in bodies.items())
    return tuple(Sheet(name, f"{what} · {page.title}", body) for name, what, body in made if body)


def _ul(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _readings(library: Library, page: Page, session: Session) -> str:
    """The pages that are read and talked about, each by its one sentence; cases have a sheet."""
    refs = [i.ref for i in session.agenda if i.ref and i.kind is not AgendaKind.CASE]
    found = (library.page(ref, page.lang) for ref in dict.fromkeys((*refs, *session.handouts)))
    told = {i.ref for i in session.agenda if i.kind is AgendaKind.CASE}
    return "".join(
        f'<div class="item"><h2>{escape(p.title)}</h2><p>{escape(p.lesson)}</p></div>'
        for p in found
        if p is not None and p.id not in told
    )


def _cases(library: Library, page: Page, session: Session) -> Iterator[str]:
    refs = [i.ref for i in session.agenda if i.ref and i.kind is AgendaKind.CASE]
    for number, ref in enumerate(dict.fromkeys(refs)):
        there = library.page(ref, page.lang)
        if there is not None:
            place = "new" if number else "first"
            yield f'<section class="{place}">{_case(Telling(there))}</section>'


def _case(telling: Telling) -> str:
    lang = telling.page.lang
    parts = "".join(
        f"<h2>{escape(heading)}</h2>"
        + "".join(f"<p>{escape(block)}</p>" for block in blocks(spelled_out(text, lang)))
        for _, heading, text in telling.before()
    )
    points = "".join(
        f'<div class="item"><h2>{escape(point.ask)}</h2>{_options(point.options)}</div>'
        for point in telling.case.decision_points[:1]
    )
    return f"<h1>{escape(telling.name)}</h1>{parts}{points}"


def _options(options: tuple[str, ...]) -> str:
    return f'<ul class="plain">{"".join(f"<li>{escape(o)}</li>" for o in lettered(options))}</ul>'


def _item(item: QuizItem, inside: str) -> str:
    return f'<div class="item"><h2>{escape(item.stem)}</h2>{inside}</div>'


def _answer(library: Library, item: QuizItem, lang: Lang) -> str:
    """What is right, why, and on which page it stands."""
    right = lettered(item.options)[item.answer - 1]
    slug = item.source.partition("#")[0]
    there = library.page(slug, lang)
    source = word(lang, "from") + (there.title if there else slug)
    return f"<p><b>{escape(right)}</b></p><p>{escape(item.explain)}</p><p>{escape(source)}</p>"


def _sign_in(lang: Lang) -> str:
    head = "".join(f"<th>{word(lang, f'sign_{key}')}</th>" for key in ("name", "unit", "here"))
    row = "<tr><td></td><td></td><td></td></tr>"
    return f"<p>{word(lang, 'sign_keep')}</p><table><tr>{head}</tr>{row * 18}</table>"


def _card(lang: Lang) -> str:
    lines = "".join(f'<p class="line">{text}</p>' for text in card_lines(lang))
    return f'<div class="card">{lines}</div>'
