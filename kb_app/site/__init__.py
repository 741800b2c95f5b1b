"""The site: from a library to two folders of pages that a web server can hand out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from kb_app.site import reuse
from kb_app.site.around import around, codes
from kb_app.site.edition import Edition
from kb_app.site.finish import CONTENT_MARK, TITLE_MARK, finish
from kb_app.site.generator import SiteError, assets, configuration, generate
from kb_app.site.handbook import file_name, write_handbook
from kb_app.site.offline import BANK, FOLDER, keep
from kb_app.site.staging import stage, write
from search_index import Lang, Library

_PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})

# Where the handbooks lie in a built site.
HANDBOOKS = tuple(f"{FOLDER}/{file_name(lang)}" for lang in Lang)

__all__ = ["CONTENT_MARK", "HANDBOOKS", "TITLE_MARK", "SiteError", "build_site"]


def _silent(stage_name: str) -> None:
    """Say nothing."""


def build_site(  # noqa: PLR0913 - named values, each given once
    library: Library,
    *,
    build_dir: Path,
    output: Path,
    site_url: str,
    version: str,
    content_dir: Path | None = None,
    related: Mapping[str, Sequence[str]] | None = None,
    today: date | None = None,
    progress: Callable[[str], None] = _silent,
    blanks: Mapping[tuple[Lang, str], tuple[str, str]] | None = None,
    banks: Mapping[Lang, bytes] | None = None,
) -> None:
    """Build the pages of both languages into ``output/zh`` and ``output/en``.

    Staged Markdown goes to ``build_dir/docs`` and a copy of each page to ``build_dir/pages``, where
    they stay for the next build, which makes only those pages anew that would differ. Pictures are
    taken from `content_dir`; `related` names the pages nearest to each page, by id; `blanks` are
    titles and bodies of the pages of the service that work without network, by language and part,
    and `banks` the questions of the week as phones read them. Raises SiteError if the generator
    complains of anything; `output` is then of no use.
    """
    build_dir, output = build_dir.absolute(), output.absolute()
    today = today or datetime.now(UTC).date()
    site_url = site_url.rstrip("/")
    configurations, pages = {}, {}
    for lang in Lang:
        progress(f"stage {lang}")
        docs = build_dir / "docs" / lang
        beside: dict[PurePosixPath, bytes | Path] = {**assets()}
        beside |= _pictures(content_dir, lang)
        pages[lang] = stage(
            library, lang, docs, today=today, version=version, beside=beside, related=related
        )
        configurations[lang] = (
            build_dir / f"mkdocs.{lang}.yml",
            configuration(
                Edition(library, lang, today),
                docs=docs,
                output=output / lang,
                site_url=site_url,
                version=version,
            ),
        )
    progress("generate")
    folder = build_dir / "pages"
    made = [kept for _, values in configurations.values() for kept in reuse.pages(folder, values)]
    reuse.recall(made)
    generate(configurations)
    reuse.remember(made, folder)
    progress("finish")
    for path, data in around(pages, site_url):
        write(output / path, data)
    for lang, data in (banks or {}).items():
        write(output / lang / BANK, data)
    finish(output, build_dir / "compressed", blanks)
    progress("keep")
    keep(output, library, today=today)
    for lang in Lang:
        edition = Edition(library, lang, today)
        write_handbook(edition, output, output / FOLDER, today=today)
    # A device has no use for codes. One is shorter than the head of a packet, so that compressed
    # copies would save nothing.
    for path, data in codes(pages, site_url):
        write(output / path, data)


def _pictures(content_dir: Path | None, lang: Lang) -> Iterator[tuple[PurePosixPath, Path]]:
    """The pictures that lie beside the pages of a language; nothing else is published."""
    if content_dir is None:
        return
    top = content_dir / lang
    for path in sorted(top.rglob("*")):
        inside = path.relative_to(top)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix in _PICTURES and path.is_file() and not hidden and not path.is_symlink():
            yield PurePosixPath(inside.as_posix()), path
