"""The command `kb`: unpack what was typed, call the service, say what it found."""

from __future__ import annotations

import copy
import gc
import html
import logging
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from kb_app import commands, service, training
from kb_app.accounts import AccountError
from kb_app.backup import BackupError
from kb_app.database import (
    DatabaseAddressError,
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseError,
)
from kb_app.drafts import DraftError
from kb_app.room import NothingToShowError, RoomError, UnknownRoomError
from kb_app.settings import Settings, SettingsError
from kb_app.terminal import (
    ENVIRONMENT,
    FINDINGS,
    USAGE,
    as_json,
    in_lang,
    print_json,
    tell,
    terminal_language,
)
from kb_app.translations import mark, say
from search_index import (
    BuildBusyError,
    ContentError,
    Finding,
    IndexMissingError,
    Kind,
    Lang,
    PageHit,
    SearchIndexError,
    ablations,
    judge,
    read_judged,
    scores,
)

if TYPE_CHECKING:
    from kb_app.visitor import Running


def main(args: Sequence[str] | None = None) -> None:
    """Run `kb` in the language of the terminal."""
    in_language(kb, terminal_language())(args, prog_name="kb")


def in_language(command: click.Command, lang: Lang) -> click.Command:
    """A copy of a command whose help is in that language, as is that of its subcommands."""
    spoken = copy.copy(command)
    spoken.help = say(lang, command.help or "")
    spoken.params = [copy.copy(parameter) for parameter in command.params]
    for parameter in spoken.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = say(lang, parameter.help)
    if isinstance(spoken, click.Group):
        spoken.commands = {
            name: in_language(found, lang) for name, found in spoken.commands.items()
        }
    return spoken


_MISSING = (
    SettingsError,
    service.ContentMissingError,
    SearchIndexError,
    DatabaseError,
    BackupError,
    OSError,
)


# These say that what was typed names nothing.
_MISUSED = (AccountError, UnknownRoomError, NothingToShowError)


class _Kb(click.Group):
    """Gives every failure its exit code, and words that say what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except service.RefusedError as error:
            show_findings(ctx.obj, error.findings)
            return ctx.exit(FINDINGS)
        except service.GeneratorError as error:
            click.echo(str(error))
            tell(mark("Nothing was built; what was built before goes on serving."))
            return ctx.exit(FINDINGS)
        except ContentError as error:
            click.echo(str(error))
            return ctx.exit(FINDINGS)
        except (AccountError, DraftError, RoomError) as error:
            click.echo(error.said(terminal_language()), err=True)
            return ctx.exit(USAGE if isinstance(error, _MISUSED) else FINDINGS)
        except _MISSING as error:
            tell_what_is_missing(error)
            return ctx.exit(ENVIRONMENT)


def tell_what_is_missing(error: Exception) -> None:
    """Say what the machine lacks, for the administrator."""
    match error:
        case SettingsError() | BackupError():
            tell(error.message, **error.values)
        case service.ContentMissingError():
            tell(mark("There is no content folder {folder}."), folder=error.folder)
        case IndexMissingError():
            tell(mark("There is nothing to search yet: run `kb build`."))
        case BuildBusyError():
            tell(mark("Another build is running; wait until it has ended."))
        case DatabaseAddressError():
            tell(mark("KB_DATABASE_URL is no address of a database: {why}"), why=error)
        case DatabaseBusyError():
            tell(mark("The database does not answer: {why}"), why=error)
        case DatabaseDamagedError():
            tell(mark("The database is damaged; restore a backup: {why}"), why=error)
        case DatabaseError():
            tell(mark("The database was made by a newer version of Lanewise; upgrade this one."))
        case _:
            tell("{error}", error=error)


@click.group(cls=_Kb)
@click.version_option(service.version(), prog_name="Lanewise", message="%(prog)s %(version)s")
@click.pass_context
def kb(ctx: click.Context) -> None:
    """Lanewise: a knowledge base for street and lane chiefs."""
    ctx.obj = Settings.from_env(os.environ)


for command in (
    commands.audit,
    commands.user,
    commands.backup,
    commands.restore,
    commands.report,
    commands.database,
    commands.import_file,
    training.session,
):
    kb.add_command(command)


@kb.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@as_json
@click.pass_obj
def check(settings: Settings, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """List every mistake in the content, as path:line: message."""
    reading = service.check(settings)
    found = [finding for finding in reading.findings if _within(settings, finding, paths)]
    show_findings(settings, found, as_json=as_json)
    if found:
        sys.exit(FINDINGS)
    tell(mark("Nothing to mend on {pages} pages."), pages=len(reading.library.pages))


def _within(settings: Settings, finding: Finding, paths: Iterable[Path]) -> bool:
    path = (settings.content_dir / finding.path).resolve()
    wanted = [each.resolve() for each in paths]
    return not wanted or any(path == each or each in path.parents for each in wanted)


def show_findings(
    settings: Settings, findings: Sequence[Finding], *, as_json: bool = False
) -> None:
    """Print mistakes so that editors and terminals can jump to them."""
    if as_json:
        rows = [(settings.content_dir / found.path, found) for found in findings]
        print_json([{"path": str(path), "line": f.line, "message": f.message} for path, f in rows])
        return
    for finding in findings:
        click.echo(settings.content_dir / str(finding))
    if findings:
        files = len({finding.path for finding in findings})
        tell(mark("To mend: {count}, in files: {files}."), count=len(findings), files=files)


@kb.command()
@click.option("--force", is_flag=True, help=mark("Build even if nothing has changed."))
@as_json
@click.pass_obj
def build(settings: Settings, *, force: bool, as_json: bool) -> None:
    """Check the content, then make index and site anew if something has changed."""
    with ProgressBar() as bar:
        built = service.build(settings, progress=bar, force=force)
    if as_json:
        seconds = {"seconds": dict(built.seconds)}
        print_json({"made": built.made, **service.plain(built.current), **seconds})
    elif built.made:
        tell_steps(built.seconds)
        tell(mark("Built {pages} pages."), pages=built.pages)
    else:
        tell(mark("Nothing has changed since the last build."))


@kb.command()
@click.option("--output", required=True, type=click.Path(file_okay=False, path_type=Path),
              help=mark("The folder to write into; it is made if need be."))  # fmt: skip
@as_json
@click.pass_obj
def handbook(settings: Settings, *, output: Path, as_json: bool) -> None:
    """Write the handbook: one HTML file per language that needs no network."""
    with ProgressBar() as bar:
        written = service.handbook(settings, output, progress=bar)
    if as_json:
        print_json([{"path": str(path), "bytes": path.stat().st_size} for path in written])
        return
    for path in written:
        click.echo(path)


_STEPS = {
    "read": mark("read the content"),
    "index": mark("index for the search"),
    "related": mark("related pages"),
    "stage zh": mark("write the Chinese Markdown"),
    "stage en": mark("write the English Markdown"),
    "generate": mark("generate both sites"),
    "finish": mark("compress and tidy up"),
    "keep": mark("bundle for phones, handbook"),
}


def tell_steps(seconds: Mapping[str, float]) -> None:
    """Say how long each step of a build took, a line each."""
    lang = terminal_language()
    for name, spent in seconds.items():
        click.echo(f"{spent:8.2f} s  {say(lang, _STEPS.get(name, name))}", err=True)


class ProgressBar:
    """A line that shows how far the work is; on anything but a terminal, nothing."""

    WIDTH = 30

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw the line anew."""
        if self._shown:
            full = self.WIDTH * done // total if total else 0
            click.echo(
                f"\r\x1b[K{'█' * full}{'░' * (self.WIDTH - full)} {stage}", nl=False, err=True
            )

    def clear(self) -> None:
        """Leave the line as it was before."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)


@kb.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the site and the search until stopped."""
    from kb_app.app import create_app
    from kb_app.server import serve as serve_app

    _log_to_terminal()
    here = settings.served_at
    app = create_app(settings)
    running: Running = app.extensions["lanewise"]
    running.kept.keep_house_hourly()
    # Opened before the door is, so that nobody who comes after a restart waits for it inside. What
    # is there by then stays: to look through it for what can be thrown away takes a tenth of a
    # second each time, in which nobody is answered.
    running.generations.look()
    gc.freeze()
    serve_app(
        app.wsgi_app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ready=lambda: tell(mark("Serving at {address} (Ctrl-C ends it)."), address=here),
    )
    running.kept.close()


def _log_to_terminal() -> None:
    """Requests as JSON, one a line; everything else as sentences."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    requests = logging.getLogger("kb_app.requests")
    requests.addHandler(lines)
    requests.setLevel(logging.INFO)
    requests.propagate = False
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


@kb.command()
@click.argument("text")
@in_lang
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help=mark("Only pages of this kind."),
)
@click.option("--problem", help=mark("Only pages about this problem, by its id."))
@click.option("--limit", type=click.IntRange(1, 100), default=10, help=mark("At most so many."))
@click.option("--literal", is_flag=True, help=mark("Search the words exactly as typed."))
@as_json
@click.pass_obj
def search(settings: Settings, /, text: str, *, as_json: bool, **wanted: Any) -> None:
    """Find pages, best first."""
    for name, make in (("lang", Lang), ("kind", Kind)):
        wanted[name] = make(wanted[name]) if wanted[name] else None
    with service.opened(settings) as generation:
        found = generation.answers.search(text, **wanted)
        names = generation.names_in(found)
    if as_json:
        print_json(service.plain(found) | {"names": names})
        return
    if found.emergency:
        click.secho(f"{' '.join(found.emergency.call)}  {found.emergency.message}", fg="red")
    for number, hit in enumerate(found.hits, 1):
        click.echo(_row(number, hit))
    tell(mark("Pages found: {count}."), count=found.total)


def _row(number: int, hit: PageHit) -> str:
    marked = hit.snippet.replace("<mark>", "\x1b[1m").replace("</mark>", "\x1b[22m")
    facts = " · ".join(filter(None, [hit.kind, hit.evidence, hit.url]))
    return f"{number:2}. {hit.title}\n    {html.unescape(marked)}\n    {facts}"


@kb.command()
@click.argument("text")
@in_lang
@as_json
@click.pass_obj
def ask(settings: Settings, text: str, *, lang: str | None, as_json: bool) -> None:
    """Answer a question with passages of the library, word for word."""
    with service.opened(settings) as generation:
        answer = generation.answers.answer(text, lang=Lang(lang) if lang else None)
    if as_json:
        print_json(service.plain(answer))
        return
    if answer.emergency:
        click.secho(f"{' '.join(answer.emergency.call)}  {answer.emergency.message}", fg="red")
    if answer.reason:
        click.echo(answer.reason)
    for passage in answer.passages:
        click.echo(f"{passage.text}\n    {passage.title} · {passage.section}\n    {passage.url}")
    for number, hit in enumerate(answer.related, 1):
        click.echo(_row(number, hit))


@kb.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("slug")
@click.option("--lang", type=click.Choice([lang.value for lang in Lang]), default=Lang.ZH.value,
              help=mark("Language of the pages."))  # fmt: skip
@click.pass_obj
def new(settings: Settings, kind: str, slug: str, lang: str) -> None:
    """Write the empty form of a page, as a draft."""
    try:
        path = service.new(settings, Kind(kind), slug, Lang(lang))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except FileExistsError as error:
        taken = error.filename or error.args[0]
        raise click.UsageError(
            say(terminal_language(), mark("The name is taken: {path}"), path=taken)
        ) from error
    click.echo(path)


@kb.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def translated(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Note in translations that they say what their sources say now."""
    for path in paths:
        try:
            service.translated(settings, path)
        except ValueError as error:
            raise click.UsageError(str(error)) from error


@kb.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ablations", "parts", is_flag=True, help=mark("Once more without each part."))
@as_json
@click.pass_obj
def evaluate(settings: Settings, file: Path, *, parts: bool, as_json: bool) -> None:
    """Measure the answers on judged queries: qid, lang, kind, query, problems, note."""
    queries = read_judged(file)
    with service.opened(settings) as generation:
        answers = generation.answers
        found = ablations(answers, queries) if parts else {"all": scores(judge(answers, queries))}
    if as_json:
        print_json(found if parts else found["all"])
    elif parts:
        _print_ablations(found)
    else:
        for name, value in found["all"].items():
            click.echo(f"{name:32}{value:.3f}")


_HEADLINES = (
    "overall.hit@1",
    "overall.hit@3",
    "overall.mrr@10",
    "outside.unanswered",
    "answered.all",
)


def _print_ablations(found: Mapping[str, Mapping[str, float]]) -> None:
    """A table in Markdown, as it stands in the documentation."""
    click.echo(f"| | {' | '.join(_HEADLINES)} |")
    click.echo(f"|---|{'---|' * len(_HEADLINES)}")
    for name, measures in found.items():
        cells = (f"{measures[each]:.3f}" if each in measures else "–" for each in _HEADLINES)
        click.echo(f"| {name} | {' | '.join(cells)} |")


@kb.command()
@as_json
@click.pass_obj
def status(settings: Settings, *, as_json: bool) -> None:
    """Say what there is, and whether the index is up to date."""
    found = service.status(settings)
    if as_json:
        print_json(found)
        return
    for kind, counts in found["content"].items():
        click.echo(f"{kind:10}" + "".join(f"{lang} {count:4}  " for lang, count in counts.items()))
    index = found["index"]
    if index is None:
        tell(mark("There is nothing to search yet: run `kb build`."))
        return
    built = mark("{passages} passages, built at {built_at} from {fingerprint}.")
    click.echo(say(terminal_language(), built, **index))
    if not found["up_to_date"]:
        tell(mark("The content has changed since: run `kb build`."))
