"""The config file: what it may say, and one sentence with its line for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.cli.keys import checked
from tui.config import Config, load_config, remember_theme, remembered_theme
from tui.engine.errors import UsageError

GOOD = """\
# voltui
theme = "nord"
ascii = true
mouse = false

[keys]
refresh = "Ctrl+r"
up = ["h", "PgUp", "?"]
pane.files = "F3"
"volumes.unused" = "U"
"""


def config_of(tmp_path: Path, text: str | bytes) -> Config:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(file)


def test_without_a_file_everything_is_as_it_was(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none") == Config()


def test_all_of_it(tmp_path: Path) -> None:
    config = config_of(tmp_path, GOOD)
    assert (config.theme, config.ascii, config.mouse) == ("nord", True, False)
    assert dict(config.keys) == {
        "refresh": ("Ctrl+r",),
        "up": ("h", "PgUp", "?"),
        "pane.files": ("F3",),
        "volumes.unused": ("U",),
    }
    assert config.lines["keys.pane.files"] == 9
    assert checked(config_of(tmp_path, '[keys]\nrefresh = ["Ctrl+R", "?"]\nhelp = "f1"')).keys == {
        "refresh": ("ctrl+r", "question_mark"),
        "help": ("f1",),
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('theme = "nord\n', 1, "Illegal character"),
        ("a = 1\nmouse = ", 2, "Invalid value"),
        ("[keys]\nup = [\n", 2, "Invalid value"),
        (b'theme = "nord"\n# \xff\n', 2, "this is not UTF-8"),
        ("mouse = true\ncolour = 1\n", 2, "colour is no setting"),
        ("\nmouse = 'no'\n", 2, "mouse has to be true or false"),
        ("keys = 3\n", 1, "keys has to be a table"),
        ("[keys]\n\nup = 3\n", 3, "the keys of up have to be"),
        ("[keys]\nup = []\n", 2, "the keys of up have to be"),
        ("keys.up = ''\n", 1, "the keys of up have to be"),
        ("[keys]\nnope = 'x'\n", 2, "nope is no action"),
        ("[keys]\nup = 'Strg+x'\n", 2, "Strg+x is no key"),
        ("[keys]\nup = 'return key'\n", 2, "return key is no key"),
        ("[keys]\n'volumes.unused' = ':'\n", 2, ": is the key of palette already"),
        ("[keys]\nrefresh = 'i'\n", 2, "i is the key of inspect already"),
        ("[keys]\nup = 'x'\ninspect = 'x'\n", 2, "x is the key of inspect already"),
        ("mouse = true\ntheme = 'pink'\n", 2, "there is no theme pink"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(UsageError) as raised:
        checked(config_of(tmp_path, text))
    said = str(raised.value)
    assert said.startswith(f"{tmp_path}/config.toml, line {line}: {words}"), said
    assert "\n" not in said


def test_a_config_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load_config(tmp_path)


def test_the_example_of_the_readme_is_taken(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = readme.partition("```toml\n")[2].partition("```")[0]
    assert checked(config_of(tmp_path, example)).keys["open"] == ("enter", "ctrl+o", "right")


def test_keys_may_be_swapped(tmp_path: Path) -> None:
    config = checked(config_of(tmp_path, "[keys]\ninspect = 'u'\n'volumes.unused' = 'i'\n"))
    assert config.keys == {"inspect": ("u",), "volumes.unused": ("i",)}


def test_a_key_may_mean_something_else_on_another_screen(tmp_path: Path) -> None:
    assert checked(config_of(tmp_path, "[keys]\n'dialog.close' = 'u'\n")).keys


def test_the_theme_chosen_last_is_remembered_until_the_config_names_another() -> None:
    assert remembered_theme(Config()) is None
    remember_theme("nord", Config())
    assert remembered_theme(Config()) == "nord"
    assert remembered_theme(Config(theme="gruvbox")) == "gruvbox"
    remember_theme("dracula", Config(theme="gruvbox"))
    assert remembered_theme(Config(theme="gruvbox")) == "dracula"


@pytest.mark.parametrize("written", ["", "[]", '{"theme": 3}', "{", '{"config": null}'])
def test_a_broken_memory_is_no_error(private_home: Path, written: str) -> None:
    folder = private_home / "state" / "voltui"
    folder.mkdir(parents=True)
    (folder / "theme.json").write_text(written)
    remembered_theme(Config())
