"""English and Chinese say the same things, and say everything that the code may ask for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqdemo.locales import FOLDER, LANGUAGES, choose_language, strings, translate_key
from seqdemo.problems import CheckpointProblem, Problem

SOURCE = sorted((FOLDER.parent.parent / "seqdemo").rglob("*.py"))
FILES = sorted(path.name for path in (FOLDER / "en").glob("*.json"))


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{([^{}]*)\}", text))


def pairs_of(path: Path) -> list[tuple[str, str]]:
    """Key and string of each line, a key that stands twice included."""
    pairs: list[tuple[str, str]] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    return pairs


def test_every_language_has_its_folder_and_every_folder_its_language():
    assert {path.name for path in FOLDER.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_has_the_keys_and_holes_of_its_english_one(language, name):
    english, other = dict(pairs_of(FOLDER / "en" / name)), dict(pairs_of(FOLDER / language / name))
    assert list(other) == list(english)
    assert {key: holes(text) for key, text in other.items()} == {key: holes(text) for key, text in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_and_no_key_stands_twice(language):
    pairs = [pair for path in (FOLDER / language).glob("*.json") for pair in pairs_of(path)]
    assert sorted(path.name for path in (FOLDER / language).glob("*.json")) == FILES
    assert not [key for key, text in pairs if not isinstance(text, str) or not text.strip()]
    keys = [key for key, _ in pairs]
    assert not {key for key in keys if keys.count(key) > 1}


def test_what_reads_as_a_sentence_in_english_is_chinese_in_chinese():
    """More than two words and a full stop; a placeholder is text for a model that reads English, so it may stay."""
    chinese = strings("zh")
    sentences = {key for key, text in strings("en").items() if len(text.split()) > 2 and text.endswith((".", "?"))}
    same = {key for key in sentences if not re.search(r"[\u4e00-\u9fff]", chinese[key])}
    assert len(sentences) > 30
    assert not {key for key in same if ".placeholder" not in key}


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """(file and line, call) of each call of one of these names in our code."""
    for path in SOURCE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) in names:
                yield f"{path.name}:{node.lineno}", node


def literals(node: ast.AST) -> list[str]:
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_every_problem_has_its_words():
    """The keywords of Problem("code", ...) fill the holes of its string, all of them and no others."""
    found = 0
    for place, call in calls("Problem", "CheckpointProblem"):
        if not isinstance(call.args[0], ast.Constant):
            continue  # a code that comes as an argument: the next test
        found += 1
        text = strings("en")[f"problem.{call.args[0].value}"]
        if all(keyword.arg for keyword in call.keywords):
            assert {keyword.arg for keyword in call.keywords} == holes(text), place
    assert found > 20


def test_a_problem_code_handed_on_has_its_words():
    """Where a function makes Problem(code), the callers' strings at that argument must be known codes."""
    for path in SOURCE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            names = [argument.arg for argument in function.args.args]
            handed = {
                node.args[0].id
                for node in ast.walk(function)
                if isinstance(node, ast.Call)
                and getattr(node.func, "id", None) in ("Problem", "CheckpointProblem")
                and isinstance(node.args[0], ast.Name)
                and node.args[0].id in names
            }
            for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
                if getattr(call.func, "id", None) != function.name:
                    continue
                given = {
                    **dict(zip(names, call.args, strict=False)),
                    **{word.arg: word.value for word in call.keywords},
                }
                for code in (text for name in handed & given.keys() for text in literals(given[name])):
                    assert f"problem.{code}" in strings("en"), f"{path.name}:{call.lineno}"


def test_every_notice_has_its_words():
    """Likewise for Notice("code", {...})."""
    found = 0
    for place, call in calls("Notice"):
        found += 1
        text = strings("en")[f"notice.{ast.literal_eval(call.args[0])}"]
        values = call.args[1] if len(call.args) > 1 else ast.Dict([], [])
        if isinstance(values, ast.Dict):
            assert {ast.literal_eval(key) for key in values.keys if key} == holes(text), place
    assert found >= 5


def test_every_key_that_the_code_spells_out_is_there():
    for place, call in calls("translate_key"):
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            assert call.args[1].value in strings("en"), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_is_inserted_as_it_is(language):
    """Neither a hole nor markup in what a visitor typed is touched; no value name clashes with ours."""
    typed = "{count} ${alert(1)} \\1"
    told = translate_key(language, "notice.unknown_words", words=typed, count=1, total=2)
    assert typed in told
    assert "{total}" not in told
    problem = Problem("other_script", language="en", share=80)
    assert {"en": "English", "zh": "英语"}[language] in problem.message(language)
    assert "80%" in problem.message(language)


def test_a_problem_speaks_english_by_default():
    problem = CheckpointProblem("checkpoint_missing", name="sentiment-en-lstm")
    assert str(problem) == problem.message("en")
    assert "python -m seqdemo train sentiment-en-lstm" in str(problem)
    assert problem.message("zh") != problem.message("en")


def test_an_unknown_key_or_language_is_an_error():
    with pytest.raises(KeyError, match=r"problem\.of_ours"):
        Problem("of_ours")
    with pytest.raises(KeyError, match="'fr' came"):
        strings("fr")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,de;q=0.9", "en"),
        ("fr,zh;q=0.1", "zh"),
        ("zh;q=0.2, en;q=0.8", "en"),
        ("zh;q=0", "en"),
        ("ZH-tw", "zh"),
        ("zh;q=much", "en"),
        ("", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_browsers_language_is_met_as_well_as_we_can(accepted, language):
    assert choose_language(accepted) == language
