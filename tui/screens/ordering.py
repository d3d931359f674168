"""By what a list is sorted, asked in one line."""

from __future__ import annotations

from tui.screens.chooser import Choice, Chooser
from tui.widgets.table import VirtualTable


async def choose_order(table: VirtualTable) -> None:
    """Let the user choose one of the table's orders, or turn the present one around."""
    now = table.arrangement
    choices = [
        Choice(order.letter, order.words, order.id == now.sort) for order in table.rows.orders
    ]
    letter = await table.app.push_screen_wait(
        Chooser("Sort by", [*choices, Choice("r", "reverse", now.reverse)])
    )
    if letter == "r":
        table.sort_rows(reverse=not now.reverse)
    for order in table.rows.orders:
        if order.letter == letter:
            table.sort_rows(order.id, reverse=order.down)
