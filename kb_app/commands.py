"""The commands about what is kept: accounts, audit, backup, database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb_app import backup as backups
from kb_app import service
from kb_app.accounts import Accounts, Role
from kb_app.keeping import Kept, working_days
from kb_app.monthly import numbers, summary
from kb_app.paper import as_text, paper
from kb_app.periods import Period
from kb_app.periods import month as month_called
from kb_app.questions import audit as look_at
from kb_app.questions.clocks import china_day
from kb_app.settings import Settings
from kb_app.terminal import FINDINGS, as_json, print_json, tell, terminal_language
from kb_app.translations import mark, say
from search_index import Lang

if TYPE_CHECKING:
    from kb_app.importing import Imported


@click.command()
@click.option("--rebuild", is_flag=True, help=mark("Compare every row with its events only."))
@as_json
@click.pass_obj
def audit(settings: Settings, *, rebuild: bool, as_json: bool) -> None:
    """Prove that no question was lost: exit code 1, and what is wrong, if one was."""
    with service.kept(settings) as kept:
        found = look_at(kept.database, working_days(settings), kept.questions.now())
    breaches = [b for b in found.breaches if not rebuild or b.rule in {"row", "events"}]
    if as_json:
        print_json({**service.plain(found), "breaches": service.plain(breaches)})
    else:
        for breach in breaches:
            click.echo(breach)
        tell(
            mark("Received {received} = open {open} + settled {settled}; events: {events}."),
            received=found.received,
            open=found.open,
            settled=found.settled,
            events=found.events,
        )
    if breaches:
        sys.exit(FINDINGS)


@click.group()
def user() -> None:
    """Accounts of trainers, editors and administrators."""


_name = click.argument("name")
_role = click.argument("role", type=click.Choice([role.value for role in Role]))


@user.command("add")
@_name
@_role
@click.pass_obj
def add_user(settings: Settings, name: str, role: str) -> None:
    """Make an account; the password is asked for, or read from a pipe."""
    password = _password()
    with service.kept(settings) as kept:
        kept.accounts.add(name, Role(role), password)
    tell(mark("Made the account {name}."), name=name)


@user.command("list")
@as_json
@click.pass_obj
def list_users(settings: Settings, *, as_json: bool) -> None:
    """List all accounts."""
    with service.kept(settings) as kept:
        profiles = kept.accounts.list()
        now = kept.accounts.now()
    if as_json:
        print_json(service.plain(profiles))
        return
    for each in profiles:
        locked = each.locked_until is not None and each.locked_until > now
        flags = ["disabled"] * bool(each.disabled_at) + ["locked"] * locked
        click.echo(" ".join([each.name, each.role, *flags]))


@user.command("role")
@_name
@_role
@click.pass_obj
def change_role(settings: Settings, name: str, role: str) -> None:
    """Give an account another role."""
    _change(settings, name, lambda accounts: accounts.set_role(name, Role(role)))


@user.command("password")
@_name
@click.pass_obj
def change_password(settings: Settings, name: str) -> None:
    """Give an account another password, and sign it out everywhere."""
    password = _password()
    _change(settings, name, lambda accounts: accounts.set_password(name, password))


@user.command("lock")
@_name
@click.pass_obj
def lock_user(settings: Settings, name: str) -> None:
    """Let nobody in by an account for the time being."""
    _change(settings, name, lambda accounts: accounts.lock(name))


@user.command("unlock")
@_name
@click.pass_obj
def unlock_user(settings: Settings, name: str) -> None:
    """Let in again whoever knows the password."""
    _change(settings, name, lambda accounts: accounts.unlock(name))


@user.command("disable")
@_name
@click.pass_obj
def disable_user(settings: Settings, name: str) -> None:
    """End an account for good; what it did stays under its name."""
    _change(settings, name, lambda accounts: accounts.disable(name))


def _change(settings: Settings, name: str, change: Callable[[Accounts], None]) -> None:
    with service.kept(settings) as kept:
        change(kept.accounts)
    tell(mark("Changed the account {name}."), name=name)


def _password() -> str:
    """Asked for twice on a terminal; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(
        say(terminal_language(), mark("Password")), hide_input=True, confirmation_prompt=True
    )
    return asked


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def backup(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Write one file with database, content and secret key, while the service goes on."""
    _tell_saved(backups.back_up(settings, file), file, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help=mark("Move an existing database aside."))
@as_json
@click.pass_obj
def restore(settings: Settings, file: Path, *, replace: bool, as_json: bool) -> None:
    """Put a backup back; stop the service first."""
    saved = backups.restore(settings, file, replace=replace)
    _tell_saved(saved, file, as_json=as_json)


def _tell_saved(saved: backups.Saved, file: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(file), **service.plain(saved)})
        return
    told: dict[str, Any] = service.plain(saved)
    tell(
        mark("{file}: questions {questions}, files of content {content_files}."), file=file, **told
    )
    if not saved.has_key:
        tell(mark("The secret key is not in it; without it contacts and check codes are lost."))


@click.command()
@click.argument("month")
@click.option(
    "--lang",
    type=click.Choice([lang.value for lang in Lang]),
    help=mark("Language of the summary."),
)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help=mark("Write an HTML file.")
)
@click.option(
    "--docx", type=click.Path(dir_okay=False, path_type=Path), help=mark("Write a Word file.")
)
@as_json
@click.pass_obj
def report(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    *,
    month: str,
    lang: str | None,
    html: Path | None,
    docx: Path | None,
    as_json: bool,
) -> None:
    """Sum up a month, written YYYY-MM: questions, cases, what was not found, feedback."""
    with service.kept(settings) as kept, service.opened(settings) as generation:
        found = summary(kept, generation.catalogue, _month_begun(month, kept))
        said = Lang(lang) if lang else terminal_language()
        made = paper(found, said, lambda topic: generation.name(topic, said))
    from kb_app.office import html_file, write_docx  # slow to import

    if html is not None:
        html.write_text(html_file(made, settings.address), encoding="utf-8")
    if docx is not None:
        with docx.open("wb") as file:
            write_docx(made, settings.address, file)
    if as_json:
        print_json(service.plain(numbers(found)))
    elif html is None and docx is None:
        click.echo(as_text(made), nl=False)


def _month_begun(name: str, kept: Kept) -> Period:
    try:
        found = month_called(name)
    except ValueError as error:
        message = say(terminal_language(), mark("Write the month as in 2026-11: {name}"), name=name)
        raise click.UsageError(message) from error
    if found.start > china_day(kept.questions.now()):
        message = say(terminal_language(), mark("This month has not begun yet: {name}"), name=name)
        raise click.UsageError(message)
    return found


@click.group()
def database() -> None:
    """The database itself."""


@database.command("upgrade")
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the tables to what this version needs; `kb serve` does so by itself."""
    with service.kept(settings) as kept:
        tell(mark("The tables are up to date: {address}."), address=kept.database.address)


@click.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help=mark("A file that says which column is which field."))  # fmt: skip
@click.option("--lang", type=click.Choice([lang.value for lang in Lang]), default=Lang.ZH.value,
              help=mark("Language of the pages."))  # fmt: skip
@click.option("--write", is_flag=True, help=mark("Make the drafts; without it nothing is kept."))
@click.option("--as", "name", help=mark("The account whose drafts they become."))
@click.option("--template", "blank", type=click.Path(dir_okay=False, path_type=Path),
              help=mark("Write a Word file to fill in, and nothing else."))  # fmt: skip
@as_json
@click.pass_obj
def import_file(  # noqa: PLR0913 - what can be typed
    settings: Settings,
    *,
    file: Path | None,
    mapping: Path | None,
    lang: str,
    name: str | None,
    blank: Path | None,
    write: bool,
    as_json: bool,
) -> None:
    """Make drafts of cases from a ledger (.xlsx, .csv) or a Word file; at first only tell."""
    from kb_app import importing  # slow to import

    if blank is not None:
        importing.template(Lang(lang)).save(str(blank))
        click.echo(blank)
        return
    if file is None:
        raise click.UsageError(say(terminal_language(), mark("Say which file.")))
    if not settings.content_dir.is_dir():
        raise service.ContentMissingError(settings.content_dir)
    with service.kept(settings) as kept:
        author = _author(kept, name) if write else 0
        columns = importing.read_mapping(mapping.read_text("utf-8-sig")) if mapping else {}
        found = importing.read_file(
            settings,
            file,
            lang=Lang(lang),
            mapping=columns,
            taken=lambda slug: _drafted(kept, slug),
        )
        if write and found.is_sound:
            kept.drafts.begin_all(found.drafts(Lang(lang)), author=author)
    _tell_rows(found, wrote=write and found.is_sound, as_json=as_json)
    if not found.is_sound:
        sys.exit(FINDINGS)


def _drafted(kept: Kept, slug: str) -> str | None:
    """The text of the draft of that name, in whichever language it is."""
    found = (kept.drafts.find(slug, lang) for lang in Lang)
    return next((draft.text for draft in found if draft is not None), None)


def _author(kept: Kept, name: str | None) -> int:
    found = next((each for each in kept.accounts.list() if each.name == name), None)
    if found is None or not found.role.includes(Role.EDITOR):
        raise click.UsageError(
            say(terminal_language(), mark("--write needs --as with the name of an editor."))
        )
    return found.id


def _tell_rows(found: Imported, *, wrote: bool, as_json: bool) -> None:
    lang = terminal_language()
    rows = [
        {
            "row": row.number,
            "slug": row.slug,
            "title": row.title,
            "refused": [each.said(lang) for each in row.refused],
        }
        for row in found.rows
    ]
    if as_json:
        print_json({"written": wrote, "rows": rows, "unknown_columns": found.unknown})
        return
    for row in found.rows:
        tell(mark("Row {row}: {slug} · {title}"), row=row.number, slug=row.slug, title=row.title)
        for reason in row.refused:
            click.echo(f"    {reason.said(lang)}")
    if found.unknown:
        tell(mark("Columns that are left out: {names}"), names=", ".join(found.unknown))
    refused = sum(bool(row.refused) for row in found.rows)
    if wrote:
        tell(mark("Made drafts: {count}. They wait at the desk."), count=len(found.rows))
    elif refused or not found.rows:
        tell(mark("Nothing was kept. Rows: {count}, to mend: {refused}."),
             count=len(found.rows), refused=refused)  # fmt: skip
    else:
        tell(mark("All rows are fine: {count}. Add --write to make drafts."), count=len(rows))
