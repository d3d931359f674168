"""What a job asks: it waits until it is told, or cancelled."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content

from tui.content.lines import KEY, MUTED, Line, joined, styled
from tui.jobs import Job, Question
from tui.keymap import key_of
from tui.screens.confirming import ConfirmScreen


class QuestionScreen(ConfirmScreen):
    """Yes and no have a key each, and no other key is an answer: it may come while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Yes", id="question.yes", tooltip="Say yes to what the job asks"),
        Binding("n", "refuse", "No", id="question.no", tooltip="Say no to what the job asks"),
        Binding(
            "escape,q,enter", "later", "Later", id="question.later", key_display="Esc",
            tooltip="Let the job wait; the list of jobs asks again",
        ),
    ]  # fmt: skip

    def __init__(self, job: Job, question: Question) -> None:
        super().__init__(question.title, self._text, verb="answer")
        self.job = job
        self.question = question

    def begin(self) -> None:
        """Close as soon as nobody waits for the answer any more."""
        self.query_one(".dialog").remove_class("-danger")
        self.set_interval(0.25, self._look)

    def _look(self) -> None:
        if self.job.status.question is not self.question and self.is_current:
            self.dismiss(False)

    def _text(self, width: int) -> Content:
        lines: list[Line] = [*styled(self.job.title, width, MUTED), []]
        for paragraph in self.question.text.split("\n"):
            lines += styled(paragraph, width, "")
        lines.append([])
        for key, words in (("question.yes", self.question.yes), ("question.no", self.question.no)):
            lines.append([(key_of(key), KEY), (f"  {words}", "")])
        return joined(lines)

    def agreed(self) -> None:
        """Tell the job yes."""
        self.job.answer(self.question, True)
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Tell the job no."""
        self.job.answer(self.question, False)
        self.dismiss(False)

    def action_later(self) -> None:
        """Tell it nothing yet."""
        self.dismiss(False)


def ask(app: App[Any], job: Job) -> None:
    """Ask what the job asks, if it still does and that is not asked already."""
    question = job.status.question
    if question is not None and not isinstance(app.screen, QuestionScreen):
        app.push_screen(QuestionScreen(job, question))
