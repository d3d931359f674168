"""The one list widget: columnar rows, their arrangement, and the view that paints them."""

from tui.widgets.table.rows import Column, Order, Rows, Spans, drop
from tui.widgets.table.stepping import let_keys_pass
from tui.widgets.table.view import VirtualTable

__all__ = ["Column", "Order", "Rows", "Spans", "VirtualTable", "drop", "let_keys_pass"]
