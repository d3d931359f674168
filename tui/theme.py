"""The theme of voltui; every other theme of Textual can be chosen in the palette."""

from __future__ import annotations

from textual.theme import Theme

NIGHT = Theme(
    name="voltui-night",
    dark=True,
    primary="#5aa9ff",
    secondary="#7dcfff",
    accent="#ff9e64",
    success="#8bd49c",
    warning="#e6c384",
    error="#ff7a85",
    foreground="#d4dbe6",
    background="#0e131a",
    surface="#0e131a",
    panel="#1a222d",
    boost="#151c25",
    variables={
        "block-cursor-background": "#2b5f9e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#222d3b",
        "text-muted": "#7f8da1",
        "border": "#2c3847",
        "border-blurred": "#2c3847",
        "footer-background": "#151c25",
        "footer-key-foreground": "#ff9e64",
        "scrollbar": "#2c3847",
        "scrollbar-background": "#0e131a",
        "scrollbar-hover": "#3d4d61",
        "scrollbar-active": "#5aa9ff",
        "input-selection-background": "#2b5f9e",
    },
)
