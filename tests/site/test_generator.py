import re
from pathlib import Path

import pytest
import yaml

from kb_app.site.generator import (
    BASE,
    SiteError,
    assets,
    configuration,
    generate,
    navigation,
)
from search_index import MARKDOWN_CONFIGS, MARKDOWN_EXTENSIONS, Kind, Lang


class Loader(yaml.SafeLoader):
    """Reads the configuration without running what it names."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda _, name, __: name)
CONFIG = yaml.load(BASE.read_text("utf-8"), Loader)


def test_the_site_reads_markdown_as_the_index_does():
    named, configs = [], {}
    for entry in CONFIG["markdown_extensions"]:
        name, config = next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
        named.append(name)
        if config:
            configs[name] = config
    assert named.pop() == "toc"
    assert "pymdownx.slugs.slugify" in configs.pop("toc")["slugify"]
    assert named == list(MARKDOWN_EXTENSIONS)
    assert configs == {name: dict(config) for name, config in MARKDOWN_CONFIGS.items()}


def test_nothing_is_fetched_and_no_plugin_is_run():
    assert CONFIG["theme"]["font"] is False
    assert CONFIG["plugins"] == []
    assert not {"repo_url", "extra_css", "extra_javascript"} & set(CONFIG)


def test_every_file_of_ours_has_a_print_of_its_content_in_its_name():
    found = {re.sub(r"\.[0-9a-f]{8}\.", ".", path.name): data for path, data in assets().items()}
    names = {"lanewise.css", "lanewise-page.js", "lanewise-search.js", "mark.svg", "scheme.js"}
    assert names <= set(found)
    assert all(re.search(r"\.[0-9a-f]{8}\.(css|js|svg)$", path.name) for path in assets())


def test_a_kind_without_pages_has_no_place_in_the_navigation(make_edition, make_page):
    bare = [name for place in navigation(make_edition(glossary=())) for name in place]
    assert bare == ["首页", "问题", "案例", "关于"]
    full = make_edition(make_page("a", Kind.GUIDE), make_page("b", Kind.PLAN), lang=Lang.ZH)
    assert [name for place in navigation(full) for name in place] == [
        "首页", "问题", "案例", "职责", "计划", "词汇", "关于",
    ]  # fmt: skip


def test_a_language_adds_its_names_folders_and_address(make_edition, tmp_path):
    found = configuration(
        make_edition(lang=Lang.EN),
        docs=tmp_path / "docs",
        output=tmp_path / "site",
        site_url="http://kb.example/",
        version="1.2",
    )
    assert found["site_url"] == "http://kb.example/en/"
    assert found["theme"]["language"] == "en"
    assert Path(found["theme"]["custom_dir"]).is_absolute()
    assert found["extra"]["lanewise"]["version"] == "Version 1.2"
    assert found["extra"]["lanewise"]["as_of"] == ""


@pytest.fixture
def tiny(tmp_path):
    """A configuration whose site has one page with this text."""

    def make(text):
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "index.md").write_text(text, encoding="utf-8")
        values = {
            "site_name": "tiny",
            "docs_dir": str(tmp_path / "docs"),
            "site_dir": str(tmp_path / "site"),
            "theme": {"name": "mkdocs"},
            "plugins": [],
        }
        return {Lang.ZH: (tmp_path / "mkdocs.yml", values)}

    return make


def test_a_dead_link_is_reported_in_the_generators_words(tiny):
    with pytest.raises(SiteError) as caught:
        generate(tiny("[gone](gone.md)"))
    assert len(caught.value.lines) == 1
    assert "gone.md" in caught.value.lines[0]
    assert "gone.md" in str(caught.value)


def test_a_broken_configuration_is_reported_too(tiny, tmp_path):
    broken = tiny("fine")
    broken[Lang.ZH][1]["docs_dir"] = str(tmp_path / "nowhere")
    with pytest.raises(SiteError, match="nowhere"):
        generate(broken)


def test_a_generator_that_dies_without_a_word_is_noticed(tiny, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(SiteError, match="ended with 1"):
        generate(tiny("fine"))
