"""The last line of the screen: the keys that work now."""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tui.keymap import key_words


class KeyBar(Widget):
    """Shows the bindings in reach, most useful first, as many as fit; a click presses the key."""

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def _fitting(self) -> list[tuple[Content, str]]:
        """Pieces that fit, with the key each stands for; the last one always has a place."""
        shown = _shown(self.screen.active_bindings)
        if self._typing():
            shown = [active for active in shown if not isinstance(active.node, App | Screen)]
        pieces = [(self._piece(active), active.binding.key) for active in shown]
        if not pieces:
            return []
        *firsts, last = pieces
        room = self.content_size.width - last[0].cell_length
        fitting = []
        for piece in firsts:
            room -= piece[0].cell_length
            if room < 0:
                break
            fitting.append(piece)
        return [*fitting, last]

    def _typing(self) -> bool:
        """Whether keys are text now, all but those of the input line and its pane."""
        focused = self.screen.focused
        return focused is not None and focused.check_consume_key("a", "a")

    def _piece(self, active: ActiveBinding) -> Content:
        key = self._key(active)
        key_style, words_style = "bold $footer-key-foreground", "$foreground"
        if not active.enabled:
            key_style = words_style = "$text-muted strike"
        words = (active.binding.description, words_style)
        return Content.assemble((key, key_style), " ", words, "  ")

    def _key(self, active: ActiveBinding) -> str:
        """How the key is written; where another binding has taken it, one that is left."""
        shown = self.app.get_key_display(active.binding)
        for other in self.screen.active_bindings.values():
            same = other.binding.action == active.binding.action
            if not same and self.app.get_key_display(other.binding) == shown:
                nearer = isinstance(active.node, App) and not isinstance(other.node, App)
                return key_words(active.binding.key) if nearer else shown
        return shown

    def render(self) -> Content:
        """The line, as wide as the screen."""
        return Content.assemble(*(piece for piece, _ in self._fitting()))

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        x = event.x - self.gutter.left
        for piece, key in self._fitting():
            if 0 <= x < piece.cell_length:
                self.app.simulate_key(key)
                return
            x -= piece.cell_length


def _shown(active: dict[str, ActiveBinding]) -> list[ActiveBinding]:
    """One of each action with `show`, those of the focused widget first."""
    seen: dict[str, ActiveBinding] = {}
    for binding in active.values():
        shadow = active.get(binding.binding.key_display or "")
        if shadow is not None and shadow.binding.action != binding.binding.action:
            continue  # The key that would be named means something nearer now.
        if binding.binding.show and not binding.binding.system:
            seen.setdefault(binding.binding.action, binding)
    return list(seen.values())
