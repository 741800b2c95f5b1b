"""The commands about training: what a trainer checks and carries into the room."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kb_app import service
from kb_app.recorded import NOTES, as_text, recorded
from kb_app.room import MOST_TEAMS, Note, plan_of
from kb_app.session import (
    Built,
    UnknownSessionError,
    Wish,
    WishError,
    build,
    missing,
    session_of,
    write_pack,
    zipped,
)
from kb_app.settings import Settings
from kb_app.terminal import FINDINGS, as_json, in_lang, print_json, tell, terminal_language
from kb_app.translations import mark, say
from search_index import Kind, Lang, is_slug


@click.group()
def session() -> None:
    """Training sessions: build, check, and pack them for a memory stick."""


@session.command("new")
@click.argument("slug")
@click.option("--problem", "problems", multiple=True, metavar="ID",
              help=mark("A problem type that it is about, as often as there are."))  # fmt: skip
@click.option("--case", "cases", multiple=True, metavar="ID",
              help=mark("A case to decide; the best are chosen where none is given."))  # fmt: skip
@click.option("--guide", "guides", multiple=True, metavar="ID",
              help=mark("A duty guide to read together."))  # fmt: skip
@click.option("--minutes", type=int, default=60, help=mark("How long it takes: 20 to 180."))
@click.option("--audience", default="",
              help=mark("For whom it is, in the language of --lang."))  # fmt: skip
@click.option("--title", default="", help=mark("Its title, in the language of --lang."))
@click.option("--lang", type=click.Choice([lang.value for lang in Lang]),
              help=mark("Language of title and audience."))  # fmt: skip
@click.pass_obj
def new_session(  # noqa: PLR0913 - one for each option
    settings: Settings, slug: str, *, problems: tuple[str, ...], cases: tuple[str, ...],
    guides: tuple[str, ...], minutes: int, audience: str, title: str, lang: str | None,
) -> None:  # fmt: skip
    """Write a session in both languages as drafts, from problems, cases and guides."""
    spoken = Lang(lang or terminal_language())
    wish = Wish(problems, cases, guides, minutes, audience, spoken, title)
    targets = _free(settings, slug)
    library = service.check(settings).library
    try:
        made = build(library, wish, datetime.now(UTC).date())
    except WishError as error:
        reasons = [fault.said(terminal_language()) for fault in error.faults]
        raise click.UsageError("\n".join(reasons)) from error
    _write(targets, made)


def _free(settings: Settings, slug: str) -> dict[Lang, Path]:
    """The two files to write, neither of which is there."""
    if not is_slug(slug):
        words = mark("{slug} cannot name a page: small Latin letters, digits and hyphens.")
        raise click.UsageError(say(terminal_language(), words, slug=slug))
    taken = sorted(settings.content_dir.glob(f"*/**/{slug}.md"))
    if taken:
        words = mark("The name is taken: {path}")
        raise click.UsageError(say(terminal_language(), words, path=taken[0]))
    folder = Kind.SESSION.folder
    return {lang: settings.content_dir / lang / folder / f"{slug}.md" for lang in Lang}


def _write(targets: dict[Lang, Path], made: Built) -> None:
    """Write the drafts and say where they are and which cases are in them."""
    for lang, path in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.texts[lang], encoding="utf-8", newline="\n")
        click.echo(path)
    for reason in made.reasons[terminal_language()]:
        tell(mark("Case: {reason}"), reason=reason)


@session.command("check")
@click.argument("slug", metavar="[ID]", required=False)
@click.pass_obj
def check_session(settings: Settings, slug: str | None) -> None:
    """List what is missing for a session to be held; all published ones without an ID."""
    library = service.check(settings).library
    slugs = [slug] if slug else [page.id for page in library.published(Lang.ZH, Kind.SESSION)]
    try:
        found = [
            finding
            for each in slugs
            for finding in missing(
                library, *session_of(library, each, Lang.ZH, drafts=True), settings.content_dir
            )
        ]
    except UnknownSessionError as error:
        raise _unknown(error) from error
    for finding in found:
        click.echo(settings.content_dir / str(finding))
    if found:
        sys.exit(FINDINGS)
    tell(mark("Ready to be held: {count} sessions."), count=len(slugs))


@session.command("pack")
@click.argument("slug", metavar="ID")
@click.option("--lang", type=click.Choice([lang.value for lang in Lang]),
              help=mark("Language of the pages."))  # fmt: skip
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              help=mark("The folder to write into; it is made if need be."))  # fmt: skip
@click.option("--zip", "as_zip", is_flag=True, help=mark("Write one zip instead of a folder."))
@click.pass_obj
def pack_session(
    settings: Settings, slug: str, *, lang: str | None, output: Path, as_zip: bool
) -> None:
    """Write slides and sheets of a session that open without network."""
    library, spoken = service.check(settings).library, Lang(lang or terminal_language())
    name = f"{slug}-{spoken}"
    target = output / (f"{name}.zip" if as_zip else name)
    if target.exists():  # what was changed in it by hand is not written over
        words = mark("{path} is there already: take it away, or name another folder (--output).")
        raise click.UsageError(say(terminal_language(), words, path=target))
    try:
        with TemporaryDirectory() as aside:
            written = write_pack(library, slug, spoken, Path(aside, name))
            output.mkdir(parents=True, exist_ok=True)
            if as_zip:
                zipped(written, target)
            else:
                shutil.copytree(Path(aside, name), target)
    except UnknownSessionError as error:
        raise _unknown(error) from error
    click.echo(target)
    if not written.printed:
        tell(mark("No PDF: install Chromium for that, or print the HTML sheets from any browser."))


@session.command("run")
@click.argument("slug", metavar="ID")
@click.option("--as", "name", required=True, help=mark("The account of whoever trains."))
@in_lang
@click.option("--teams", type=click.IntRange(0, MOST_TEAMS), default=0,
              help=mark("So many teams; 0 for none."))  # fmt: skip
@click.pass_obj
def run_session(settings: Settings, slug: str, *, name: str, lang: str | None, teams: int) -> None:
    """Open a room for a session or a case; the trainer goes on in the browser."""
    spoken = Lang(lang or terminal_language())
    with service.kept(settings) as kept:
        known = {each.name: each.id for each in kept.accounts.list() if not each.disabled_at}
        if name not in known:
            words = mark("There is no account {name}; `kb user list` shows them.")
            raise click.UsageError(say(terminal_language(), words, name=name))
        plan = plan_of(service.check(settings).library, slug)
        held = kept.rooms.open(slug, plan, spoken, actor=known[name], teams=teams)
    tell(mark("Room {room} is open; code {code}."), room=held.id, code=held.code)
    click.echo(f"{settings.address}/{held.lang}/room/{held.code}")
    click.echo(f"{settings.address}/{held.lang}/desk/rooms/{held.id}")


@session.command("close")
@click.argument("room", type=int)
@click.option("--planned", default="", help=NOTES[Note.PLANNED])
@click.option("--happened", default="", help=NOTES[Note.HAPPENED])
@click.option("--well", default="", help=NOTES[Note.WELL])
@click.option("--better", default="", help=NOTES[Note.BETTER])
@click.option("--next", default="", help=NOTES[Note.NEXT])
@click.pass_obj
def close_session(settings: Settings, /, room: int, **notes: str) -> None:
    """Close a room with the trainer's notes; refused while a question has no number."""
    written = {Note(name): text for name, text in notes.items() if text}
    with service.kept(settings) as kept:
        before = kept.records.record(room).notes
        kept.records.close(room, {**before, **written}, actor=None)
    tell(mark("Closed. The month counts this session."))


@session.command("report")
@click.argument("room", type=int)
@in_lang
@as_json
@click.pass_obj
def report_session(settings: Settings, room: int, *, lang: str | None, as_json: bool) -> None:
    """Print the record of a room."""
    with service.kept(settings) as kept:
        made = recorded(kept.records.record(room), Lang(lang or terminal_language()))
    if as_json:
        print_json(service.plain(made))
    else:
        click.echo(as_text(made), nl=False)


def _unknown(error: UnknownSessionError) -> click.UsageError:
    words = mark("There is no session {slug}; there are: {known}")
    known = ", ".join(error.known)
    return click.UsageError(say(terminal_language(), words, slug=error.slug, known=known))
