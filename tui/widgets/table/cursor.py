"""The cursor of a table: it belongs to a name, and is kept on that and on the screen."""

from __future__ import annotations

from textual.geometry import Size

from tui.widgets.table.painting import PaintedRows
from tui.widgets.table.rows import Rows


class RowsWithCursor(PaintedRows):
    """Moves the cursor by keys, and with the row it stands on when others come or go."""

    def __init__(self, rows: Rows, sort: str, name: str) -> None:
        super().__init__(rows, sort, name)
        self._anchor: str | None = None
        """Name the cursor belongs to; None until it was moved or put somewhere."""
        self._anchor_row = 0
        """Where that name was found last."""

    @property
    def row(self) -> int | None:
        """The row under the cursor."""
        view = self.arrangement.view
        return view[self.cursor] if self.cursor < len(view) else None

    @property
    def name_under_cursor(self) -> str | None:
        """Name of the row under the cursor."""
        return None if self.row is None else self.rows.names[self.row]

    def _return_to_anchor(self, since: int = 0) -> bool:
        """Put the cursor on its row among those of the view, which came after `since`."""
        if self._anchor is None:
            return False
        names, row = self.rows.names, self._anchor_row
        if row < since or row >= len(names) or names[row] != self._anchor:
            try:
                row = names.index(self._anchor, since)
            except ValueError:
                return False
        self._anchor_row = row
        position = self.arrangement.position(row)
        if position is None:
            return False
        self.set_reactive(RowsWithCursor.cursor, position)
        self._show_cursor()
        return True

    def stay(self) -> None:
        """Let the cursor belong to the row it stands on, whatever is shown next."""
        if self.row is not None:
            self._anchor, self._anchor_row = self.name_under_cursor, self.row

    def _resize_content(self) -> None:
        rows = len(self.arrangement.view)
        size = Size(self.size.width, rows + 1)
        if self.show_vertical_scrollbar and size.height > self.container_size.height:
            # The bar stays as wide as it is, so nothing has to be laid out anew.
            self.set_reactive(RowsWithCursor.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
        else:
            self.virtual_size = size
        if self.cursor >= rows:
            self.set_reactive(RowsWithCursor.cursor, max(0, rows - 1))

    def validate_cursor(self, position: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(position, len(self.arrangement.view) - 1))

    def _show_cursor(self) -> bool:
        """Scroll until the cursor is on the screen; whether that was needed."""
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
        return self.scroll_offset.y != top

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.cursor += rows

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        step = max(1, int((self.size.height - 2) * abs(pages)))
        self.cursor += step if pages > 0 else -step

    def action_go(self, position: int) -> None:
        """Move the cursor to a position, -1 for the last."""
        self.cursor = position if position >= 0 else len(self.arrangement.view) - 1

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self._resize_content()
        self._show_cursor()
