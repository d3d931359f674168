"""No attribute of ours hides one of Textual's: `_task` or `_size` would break a widget silently."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest
from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.app import VolumeApp
from tui.leaving import LeavingApp
from tui.screens.around import AroundScreen
from tui.screens.asking import QuestionScreen
from tui.screens.chooser import Chooser
from tui.screens.cloning import CloneScreen
from tui.screens.closing import ClosingScreen
from tui.screens.confirming import ConfirmScreen
from tui.screens.copied import CopiedScreen
from tui.screens.creating import CreateScreen
from tui.screens.deleting import DeleteScreen
from tui.screens.discarding import DiscardScreen
from tui.screens.emptying import EmptyScreen
from tui.screens.find import FindPane
from tui.screens.goto import GotoScreen, PathInput
from tui.screens.grep import GrepPane
from tui.screens.hashing import HashScreen
from tui.screens.help import HelpScreen
from tui.screens.importing import ImportScreen
from tui.screens.jobs import JobsScreen
from tui.screens.main import MainScreen
from tui.screens.panes import PanesScreen
from tui.screens.picker import Picker
from tui.screens.pruning import PruneQuestion, PruneScreen
from tui.screens.quitting import QuitScreen
from tui.screens.recovering import RecoverScreen
from tui.screens.removing import RemovalScreen
from tui.screens.text import TextScreen
from tui.screens.usage import UsagePane
from tui.screens.working import WorkScreen
from tui.widgets.boxes import BoxFlow
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.clone_form import CloneForm, CloneInput
from tui.widgets.details import DetailsPane
from tui.widgets.files import FilesPane
from tui.widgets.filter_line import FilterInput, FilterLine
from tui.widgets.flow import Flow
from tui.widgets.form import Form, FormInput, FormLine, TextLines
from tui.widgets.import_form import ImportForm, ImportInput
from tui.widgets.job_lines import JobLines
from tui.widgets.job_list import JobList
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView
from tui.widgets.list_pane import ListPane
from tui.widgets.long_flow import LongFlow, SeenLines
from tui.widgets.notice import Notice
from tui.widgets.pane import Pane, TitleLine
from tui.widgets.phrase_line import PhraseInput, PhraseLine
from tui.widgets.preview import PreviewPane
from tui.widgets.prune_list import PruneList
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.removal_list import RemovalList
from tui.widgets.results import ResultsPane
from tui.widgets.table import VirtualTable
from tui.widgets.table.painting import PaintedRows
from tui.widgets.top_line import TopLine
from tui.widgets.volume_form import VolumeForm
from tui.widgets.volumes import VolumesPane

CLASSES = [
    VolumeApp, Chooser, ClosingScreen, HelpScreen, MainScreen, PanesScreen, TextScreen, DetailsPane,
    FilesPane,
    FilterInput, FilterLine, Flow, KeyBar, LineView, ListPane, Notice, Pane, TitleLine,
    PreviewPane, VirtualTable, PaintedRows, TopLine, VolumesPane,
    AroundScreen, FindPane, GrepPane, UsagePane, HashScreen, GotoScreen, PathInput, QueryInput,
    QueryLine, ResultsPane, CopiedScreen, Picker, ConfirmScreen, PhraseInput, PhraseLine,
    PruneScreen, PruneQuestion, PruneList, RemovalScreen, RemovalList, LongFlow, SeenLines,
    CreateScreen, ChoiceLine, Form, FormInput, FormLine, TextLines, VolumeForm,
    LeavingApp, JobsScreen, JobLines, JobList, QuestionScreen, QuitScreen,
    ImportScreen, ImportForm, ImportInput,
    WorkScreen, DeleteScreen, EmptyScreen, RecoverScreen, BoxFlow,
    CloneScreen, CloneForm, CloneInput, DiscardScreen,
]  # fmt: skip


def assigned(cls: type) -> set[str]:
    """Attributes that the class sets on `self`, and its private methods."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    methods = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("_")
        and not node.name.startswith("__")
        and f"super().{node.name}(" not in ast.unparse(node)  # which is meant to take its place
    }
    return attributes | methods


def of_textual(cls: type) -> set[str]:
    """Names that the bases from Textual have, on the class or set on an instance."""
    names: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.startswith("textual"):
            names |= set(vars(base)) | assigned(base)
    return names


@pytest.mark.parametrize("cls", CLASSES)
def test_no_attribute_of_textual_is_hidden(cls: type) -> None:
    meant = {
        "border_title", "border_subtitle", "theme", "animation_level", "display", "virtual_size",
        "cursor_blink", "error_console", "password",
    }  # fmt: skip
    assert assigned(cls) & of_textual(cls) - meant == set()


def test_the_test_sees_the_dangerous_ones() -> None:
    assert {"_task", "_size", "_styles_cache", "_name"} <= of_textual(Input)
    assert all(issubclass(cls, Widget | Screen | ModalScreen | App) for cls in CLASSES)
