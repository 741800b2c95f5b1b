import json
import re
import sys
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner

import kb_app.site
from kb_app import cli, service
from kb_app.cli import ProgressBar, in_language
from kb_app.translations import preferred
from search_index import Lang

NINE = """\
---
titel: 九处错误
title: 九处错误
lesson: 这一句话写得实在太长了,长到手机的一行怎么也放不下,看的人还没有看完就已经走到下一条巷子里了。
problems: [ebike-coridor]
owner: 街道办
checked_on: 2999-01-01
review_every: 6m
status: published
sources:
  - {title: 街道报, outlet: 街道报, grade: D}
outcome: worked
---
## 基本情况

打 13812345678 找他,见[这里](../problems/nothing.md)。

## 决策与行动

办了。

## 结果

没有报道。

## 教训

没有。

## 资料来原

街道报。
"""


@pytest.fixture
def run(built):
    """Run a command in this process with the built library: `run("status", lang="zh_CN")`."""

    def command(*args: str, settings=built, lang: str = "C", **more: str):
        environ = {
            "KB_CONTENT_DIR": str(settings.content_dir),
            "KB_BUILD_DIR": str(settings.build_dir),
            "KB_DATA_DIR": str(settings.data_dir),
            "LC_ALL": lang,
            **more,
        }
        spoken = in_language(cli.kb, preferred(lang))
        return CliRunner().invoke(spoken, args, env=environ, prog_name="kb")

    return command


# check -------------------------------------------------------------------------------------------


def test_nine_mistakes_are_nine_lines_with_their_numbers(kb, content):
    (content / "zh/cases/nine.md").write_text(NINE, encoding="utf-8")
    found = kb("check", content_dir=content)
    assert found.returncode == 1
    lines = [line.split(":", 2) for line in found.stdout.splitlines()]
    assert {path for path, _, _ in lines} == {f"{content}/zh/cases/nine.md"}
    assert [(int(number), message.strip()) for _, number, message in lines] == [
        (2, "unknown field `titel`; did you mean `title`?"),
        (4, "`lesson` has 47 characters; 40 at the most"),
        (5, "unknown problem or duty id `ebike-coridor`; did you mean `ebike-corridor`?"),
        (6, "unknown glossary term `街道办`; did you mean `街道办事处`?"),
        (7, "`2999-01-01` is in the future"),
        (11, "`D` is not one of A, B, C"),
        (16, "a mobile number looks like personal data; take it out"),
        (16, "dead link `../problems/nothing.md`"),
        (30, "unknown heading `资料来原`; did you mean `资料来源`?"),
    ]
    assert "To mend: 9, in files: 1." in found.stderr


def test_a_build_refuses_the_mistakes_with_the_same_lines(kb, content, tmp_path):
    (content / "zh/cases/nine.md").write_text(NINE, encoding="utf-8")
    checked = kb("check", content_dir=content)
    found = kb("build", content_dir=content, build_dir=tmp_path / "build")
    assert found.returncode == 1
    assert found.stdout == checked.stdout
    assert not (tmp_path / "build" / "current.json").exists()


def test_sound_content_is_said_to_be_so(run):
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "Nothing to mend on 18 pages." in result.stderr


def test_only_the_named_files_and_folders_are_reported(run, settings):
    (settings.content_dir / "zh/cases/nine.md").write_text(NINE, encoding="utf-8")
    (settings.content_dir / "zh/guides/bad.md").write_text("no front matter", encoding="utf-8")

    def named(path: str) -> int:
        result = run("check", str(settings.content_dir / path), settings=settings)
        return len(result.stdout.splitlines())

    assert [named(path) for path in ("zh/cases", "zh/guides/bad.md", "zh", "en")] == [9, 1, 10, 0]


def test_mistakes_come_as_json_too(run, settings):
    (settings.content_dir / "zh/guides/bad.md").write_text("no front matter", encoding="utf-8")
    (row,) = json.loads(run("check", "--json", settings=settings).stdout)
    assert row["path"].endswith("zh/guides/bad.md")
    assert row["line"] == 1
    assert "front matter" in row["message"]
    assert json.loads(run("check", "--json").stdout) == []


def test_a_path_that_does_not_exist_is_a_usage_error(run):
    assert run("check", "no/such/file.md").exit_code == 2


# build -------------------------------------------------------------------------------------------


def test_a_second_build_says_that_nothing_has_changed(run, built):
    result = run("build", KB_SITE_URL=built.address)
    assert result.exit_code == 0
    assert "Nothing has changed since the last build." in result.stderr


def test_the_handbook_is_written_for_each_language(run, built, tmp_path):
    args = ("handbook", "--output", str(tmp_path / "new" / "folder"))
    told = run(*args, KB_SITE_URL=built.address)
    assert told.exit_code == 0
    paths = [Path(line) for line in told.stdout.splitlines()]
    assert [path.name for path in paths] == [
        "lanewise-handbook-zh.html",
        "lanewise-handbook-en.html",
    ]
    rows = json.loads(run(*args, "--json", KB_SITE_URL=built.address).stdout)
    assert [row["bytes"] for row in rows] == [path.stat().st_size for path in paths]


def test_a_handbook_needs_a_folder_to_go_to(run, tmp_path):
    (tmp_path / "file").write_text("x")
    assert run("handbook").exit_code == 2
    assert run("handbook", "--output", str(tmp_path / "file")).exit_code == 2


def test_a_build_says_what_it_made_as_json_too(run, settings):
    result = run("build", "--json", settings=settings)
    made = json.loads(result.stdout)
    assert made["made"] is True
    assert (settings.build_dir / made["index"]).is_dir()
    assert (settings.build_dir / made["site"]).is_dir()
    assert json.loads(run("build", "--json", settings=settings).stdout)["made"] is False
    assert list(made["seconds"]) == [
        "read", "index", "related", "stage zh", "stage en", "generate", "finish", "keep",
    ]  # fmt: skip
    assert all(seconds > 0 for seconds in made["seconds"].values())
    forced = run("build", "--force", settings=settings)
    assert "Built 17 pages." in forced.stderr
    assert re.search(r"^ +\d+\.\d\d s  generate both sites$", forced.stderr, re.MULTILINE)


@pytest.mark.parametrize(("lang", "words"), [(Lang.EN, "0.50 s  read the"), (Lang.ZH, "读内容")])
def test_each_step_of_a_build_is_told_with_its_time(monkeypatch, capsys, lang, words):
    monkeypatch.setattr(cli, "terminal_language", lambda: lang)
    cli.tell_steps({"read": 0.5, "a step to come": 61.234})
    first, second = capsys.readouterr().err.splitlines()
    assert words in first
    assert second == "   61.23 s  a step to come"


def test_the_warnings_of_the_generator_are_passed_on(run, settings, monkeypatch):
    def fail(*_, **__):
        raise kb_app.site.SiteError(["WARNING - a link leads nowhere"])

    monkeypatch.setattr(kb_app.site, "build_site", fail)
    result = run("build", settings=settings)
    assert result.exit_code == 1
    assert result.stdout == "WARNING - a link leads nowhere\n"
    assert "goes on serving" in result.stderr


def test_two_builds_at_once_are_an_error_of_the_machine(run, settings):
    with service.BuildFolder(settings.build_dir).lock():
        result = run("build", settings=settings)
    assert result.exit_code == 3
    assert "Another build is running" in result.stderr


def test_a_library_without_published_pages_is_not_built(run, settings):
    for path in settings.content_dir.rglob("*.md"):
        path.unlink()
    result = run("build", settings=settings)
    assert result.exit_code == 1
    assert "no published page" in result.stdout


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    def draw() -> str:
        with ProgressBar() as bar:
            bar("index", 5, 10)
            bar("site", 0, 0)
        return capsys.readouterr().err

    assert draw() == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    drawn = draw()
    assert "█" * 15 + "░" * 15 + " index" in drawn
    assert "░" * 30 + " site" in drawn
    assert drawn.endswith("\r\x1b[K")


# search, ask -------------------------------------------------------------------------------------


def test_a_search_lists_pages_with_their_addresses(run):
    result = run("search", "电瓶车上楼")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == " 1. 楼道里停放、充电的电动自行车"
    assert "/zh/problems/ebike-corridor/" in result.stdout
    assert "<mark>" not in result.stdout
    assert "Pages found: 3." in result.stderr


def test_a_search_gives_the_json_of_the_interface(run, client):
    ours = json.loads(run("search", "--json", "飞线", "--kind", "case", "--lang", "en").stdout)
    theirs = client.get("/api/v1/search?q=飞线&kind=case&lang=en").get_json()
    assert ours["hits"] == theirs["hits"]
    assert list(ours) == list(theirs)


def test_danger_comes_before_the_results(run):
    for command in ("search", "ask"):
        assert run(command, "着火了").stdout.startswith("119  先把人带出去")


def test_a_question_is_answered_word_for_word_with_its_source(run):
    result = run("ask", "电瓶车上楼找谁管")
    assert result.exit_code == 0
    assert "物业先劝,劝不动找街道办事处。" in result.stdout
    assert "/zh/problems/ebike-corridor/#who" in result.stdout
    answer = json.loads(run("ask", "--json", "电瓶车上楼找谁管", "--lang", "zh").stdout)
    assert answer["answered"] is True


def test_what_is_not_in_the_library_is_honestly_said(run):
    result = run("ask", "how do I bake sourdough")
    assert result.exit_code == 0
    assert "does not cover this" in result.stdout


def test_the_answers_are_measured_on_judged_queries(run, tmp_path):
    judged = tmp_path / "judged.tsv"
    judged.write_text(
        "qid\tlang\tkind\tquery\tproblems\tnote\n"
        "1\tzh\tcolloquial\t电瓶车上楼\tebike-corridor\t\n"
        "2\ten\toutside\thow do I bake sourdough\t-\t\n"
        "3\tzh\tdanger\t楼道着火了\tebike-corridor\t\n",
        encoding="utf-8",
    )
    found = json.loads(run("evaluate", "--json", str(judged)).stdout)
    assert found["kind.colloquial.hit@1"] == 1.0
    assert found["outside.unanswered"] == 1.0
    assert found["danger.emergency"] == 1.0
    assert "kind.colloquial.hit@1           1.000" in run("evaluate", str(judged)).stdout
    judged.write_text("qid\tlang\n1\tzh\n", encoding="utf-8")
    wrong = run("evaluate", str(judged))
    assert wrong.exit_code == 1
    assert f"{judged}:2" in wrong.stdout


# new, translated, status -------------------------------------------------------------------------


def test_a_new_page_passes_the_check(run, settings):
    result = run("new", "case", "wires-again", settings=settings)
    assert result.exit_code == 0
    path = settings.content_dir / "zh/cases/wires-again.md"
    assert result.stdout.strip() == str(path)
    assert run("check", settings=settings).exit_code == 0
    assert run("new", "guide", "only-english", "--lang", "en", settings=settings).exit_code == 0
    assert run("check", settings=settings).exit_code == 0


@pytest.mark.parametrize("slug", ["shed-before-ban", "Not A Name"])
def test_a_name_that_cannot_be_used_is_a_usage_error(run, settings, slug):
    result = run("new", "guide", slug, settings=settings)
    assert result.exit_code == 2
    assert "name" in result.stderr


def test_a_translation_is_noted_as_up_to_date(run, settings):
    source = settings.content_dir / "zh/cases/locks-came-back.md"
    source.write_text(source.read_text("utf-8").replace("一条胡同", "一条窄胡同"), "utf-8")
    assert run("check", settings=settings).exit_code == 1
    twin = settings.content_dir / "en/cases/locks-came-back.md"
    assert run("translated", str(twin), settings=settings).exit_code == 0
    assert run("check", settings=settings).exit_code == 0


def test_a_page_without_a_source_is_no_translation(run, settings):
    lone = settings.content_dir / "zh/cases/bins-moved.md"
    result = run("translated", str(lone), settings=settings)
    assert result.exit_code == 2
    assert "bins-moved" in result.stderr


def test_the_status_is_a_table_and_json(run):
    table = run("status").stdout
    assert "problem   zh    2  en    2" in table
    status = json.loads(run("status", "--json").stdout)
    assert status["content"]["problem"] == {"zh": 2, "en": 2}
    assert status["index"]["passages"] > 50


def test_the_status_says_what_is_missing_or_old(run, settings, publish):
    assert "run `kb build`" in run("status", settings=settings).stderr
    publish()
    assert "has changed since" in run("status", settings=settings).stderr


# Every command -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["search", "ask"])
def test_without_an_index_it_says_what_to_run(run, settings, command):
    result = run(command, "x", settings=settings)
    assert result.exit_code == 3
    assert "run `kb build`" in result.stderr


def test_without_content_it_names_the_folder(run):
    for command in ("check", "build", "status"):
        result = run(command, KB_CONTENT_DIR="/no/such/folder")
        assert result.exit_code == 3
        assert "There is no content folder /no/such/folder." in result.stderr


def test_an_unknown_setting_stops_every_command(run):
    result = run("status", KB_CONTENTS="x")
    assert result.exit_code == 3
    assert "unknown settings: KB_CONTENTS" in result.stderr


def test_an_unknown_command_is_a_usage_error(run):
    assert run("sreach").exit_code == 2


def test_it_speaks_chinese_where_the_terminal_does(run):
    chinese = "zh_CN.UTF-8"
    assert "没有这样的设置：KB_X" in run("status", lang=chinese, KB_X="1").stderr
    assert "18 页都没有要改的" in run("check", lang=chinese).stderr
    text = run("--help", lang=chinese).stdout
    assert "巷知：街巷长的案例与培训库" in text
    assert "找页面，最合适的在前" in text
    assert "照原样搜" in run("search", "--help", lang=chinese).stdout


def test_the_language_of_the_terminal_is_that_of_its_locale(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert cli.terminal_language() is Lang.EN
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert cli.terminal_language() is Lang.ZH
    monkeypatch.setenv("LC_ALL", "C")
    assert cli.terminal_language() is Lang.EN


def test_every_command_and_every_option_has_help():
    assert isinstance(cli.kb, click.Group)
    for command in cli.kb.commands.values():
        assert command.help, command.name
        assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []


def test_the_installed_command_knows_its_version_and_starts_quickly(kb):
    found = kb("--version")
    assert found.stdout == f"Lanewise {service.version()}\n"


# serve -------------------------------------------------------------------------------------------


def test_the_service_says_where_it_is_and_logs_requests_without_what_was_asked(
    built, serve, measuring
):
    with serve(measuring, build_dir=built.build_dir, data_dir=built.data_dir) as service_at:
        ask = f"{service_at}/api/v1/search?q=%E9%A3%9E%E7%BA%BF"
        with urlopen(ask, timeout=10) as response:
            assert json.load(response)["total"] > 0
        said = service_at.log()
    assert f"Serving at {service_at} (Ctrl-C ends it)." in said
    requests = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [r["status"] for r in requests if r["path"] == "/api/v1/search"] == [200]
    assert "E9" not in said
    assert "飞线" not in said
