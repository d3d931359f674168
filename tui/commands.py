"""Palette entries made from the key bindings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.keymap import key_words


class BindingCommands(Provider):
    """Offers every binding in reach that has a tooltip; what cannot be done is greyed."""

    async def discover(self) -> Hits:
        """All of them, those of the last line of the screen first."""
        for active in sorted(self._commands(), key=lambda active: not active.binding.show):
            yield DiscoveryHit(
                _title(active), self._press(active), active.binding.description, _help(active)
            )

    async def search(self, query: str) -> Hits:
        """Those whose description matches."""
        matcher = self.matcher(query)
        for active in self._commands():
            score = matcher.match(active.binding.description)
            if score > 0:
                shown = matcher.highlight(active.binding.description)
                yield Hit(score, shown, self._press(active), help=_help(active))

    def _commands(self) -> Iterator[ActiveBinding]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            identifier = active.binding.id
            if identifier and active.binding.tooltip and identifier not in seen:
                seen.add(identifier)
                yield active

    def _press(self, active: ActiveBinding) -> Callable[[], None]:
        if not active.enabled:
            return partial(self.app.notify, _reason(active), markup=False)
        return partial(self._run, active)

    def _run(self, active: ActiveBinding) -> None:
        self.app.call_later(self.app.run_action, active.binding.action, active.node)


def _title(active: ActiveBinding) -> Content:
    style = "" if active.enabled else "$text-muted strike"
    return Content.assemble(
        (active.binding.description, style),
        (f"  {key_words(active.binding.key)}", "$footer-key-foreground"),
    )


def _help(active: ActiveBinding) -> str:
    return active.binding.tooltip if active.enabled else f"Not now: {_reason(active)}"


def _reason(active: ActiveBinding) -> str:
    """What the widget says about an action it does not offer at present."""
    tell = getattr(active.node, "reason", None)
    return str(tell(active.binding.action)) if tell else "there is nothing to do it with."
