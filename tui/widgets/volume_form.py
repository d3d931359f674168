"""What is asked for a new volume."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.engine.creating import NewVolume, pairs, refuse_impossible
from tui.engine.errors import UsageError
from tui.engine.masking import MASK
from tui.engine.presets import PRESETS, Preset, preset
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.form import Form, FormInput, FormLine, TextLines

LOCAL = "local"
OTHER = "other"
"""Stands for a driver whose name is typed."""

BLANK = "…"
"""Stands in a draft for what has to be filled in yet."""


class VolumeForm(Form):
    """Name, driver, what kind of volume of the driver local, options of any driver, labels."""

    def __init__(self) -> None:
        super().__init__()
        self._title = FormInput()
        self._driver = ChoiceLine([LOCAL, OTHER])
        self._other = FormInput("name of the driver")
        self._kind = ChoiceLine([each.name for each in PRESETS])
        self._fields = {each.name: _inputs(each) for each in PRESETS}
        self._options = TextLines("Options", "key=value")
        self._labels = TextLines("Labels", "key=value")
        self._other_line = FormLine("", self._other)
        self._kind_line = FormLine("Kind", self._kind)
        self._blocks = {each.name: self._block(each) for each in PRESETS}

    def compose(self) -> ComposeResult:
        """The lines from top to bottom."""
        yield FormLine("Name", self._title)
        yield FormLine("Driver", self._driver)
        yield self._other_line
        yield self._kind_line
        yield from self._blocks.values()
        yield self._options
        yield self._labels

    def _block(self, kind: Preset) -> Vertical:
        lines = [
            FormLine(field.title, self._fields[kind.name][field.name]) for field in kind.fields
        ]
        return Vertical(*lines, classes="form--block")

    def on_mount(self) -> None:
        """Begin with the name."""
        self._arrange()
        self.screen.set_focus(self._title)

    def offer_drivers(self, drivers: Sequence[str]) -> None:
        """Offer the drivers that the engine has."""
        self._driver.offer([*drivers, OTHER])

    @on(ChoiceLine.Chosen)
    def _arrange(self) -> None:
        """Show the lines that belong to what is chosen."""
        local = self._driver.choice == LOCAL
        self._other_line.display = self._driver.choice == OTHER
        self._kind_line.display = local
        for name, block in self._blocks.items():
            block.display = local and name == self.preset.name and bool(self.preset.fields)
        self._options.display = not self.preset.fields

    # What it says

    @property
    def title_given(self) -> str:
        """The name of the new volume; empty while there is none."""
        return self._title.value.strip()

    @property
    def preset(self) -> Preset:
        """What kind of volume is chosen; plain for any driver but local."""
        return preset(self._kind.choice) if self._driver.choice == LOCAL else PRESETS[0]

    @property
    def filled(self) -> bool:
        """Whether more than a name was typed."""
        return any(line.value for line in self.query(FormInput) if line is not self._title)

    def new(self) -> NewVolume:
        """The volume to make; raises `UsageError` for what is missing or impossible."""
        if not self._driver_name:
            raise UsageError("The name of the driver is needed.")
        new = self._volume(self._values)
        refuse_impossible(new)
        return new

    def draft(self) -> NewVolume:
        """The same to be shown: secrets masked, a sign in place of what is missing.

        Raises `UsageError` for what is impossible.
        """
        values = self._values
        for field in self.preset.fields:
            if field.secret and values[field.name]:
                values[field.name] = MASK
            elif field.required and not values[field.name]:
                values[field.name] = f"/{BLANK}" if field.name == "path" else BLANK
        draft = self._volume(values)
        if draft.name:
            refuse_impossible(draft)
        return draft

    @property
    def _driver_name(self) -> str:
        return self._other.value.strip() if self._driver.choice == OTHER else self._driver.choice

    @property
    def _values(self) -> dict[str, str]:
        return {name: line.value for name, line in self._fields[self.preset.name].items()}

    def _volume(self, values: dict[str, str]) -> NewVolume:
        if self.preset.fields:
            options = self.preset.options(values)
        else:
            options = pairs(self._options.texts, "An option")
        labels = pairs(self._labels.texts, "A label")
        return NewVolume(self.title_given, self._driver_name, options, labels)


def _inputs(kind: Preset) -> dict[str, FormInput]:
    return {field.name: FormInput(field.example, secret=field.secret) for field in kind.fields}
