"""`voltui` and `python -m tui`."""

import gc


def main() -> None:
    """Start the command line. Its imports make much and free nothing: not worth a collection."""
    gc.disable()
    from tui.cli import main as run

    gc.enable()
    run()


if __name__ == "__main__":
    main()
