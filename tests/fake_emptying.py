"""Emptying a volume of the engine in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.engine.emptying import Emptied, Emptying, Failure
from tui.engine.errors import VolumeInUse
from tui.engine.model import Volume

if TYPE_CHECKING:
    from tests.fakes import FakeFiles, Node
    from tui.engine.cancel import Cancel
    from tui.engine.holders import Holder
    from tui.engine.identity import RootIdentity


class FakeEmptying:
    """Needs what it names of the fake engine it is mixed into."""

    trees: Mapping[str, Node]
    opened: list[FakeFiles]
    undeletable: dict[str, tuple[Failure, ...]]
    """What stays when a volume is emptied, by its name."""
    roots_emptied: list[RootIdentity | None]
    """The root folder that was named each time something was emptied."""
    wait: Callable[[], None]
    holders: Callable[[Volume], list[Holder]]
    refuse_read_only: Callable[[], None]

    def empty(
        self,
        volume: Volume,
        *,
        root: RootIdentity | None = None,
        hot: bool = False,
        cancel: Cancel | None = None,
    ) -> Emptying:
        """Take the entries of its root folder away one by one, each after a `wait`."""
        self.refuse_read_only()
        self.roots_emptied.append(root)
        writers = [holder for holder in self.holders(volume) if holder.writes]
        if writers and not hot:
            names = ", ".join(holder.name for holder in writers)
            raise VolumeInUse(f"{volume.name} is written to by {names}.")
        failed = self.undeletable.get(volume.name, ())
        kept = {failure.path.split("/")[1] for failure in failed}
        tree = self.trees.get(volume.name, {})
        left = dict(tree) if isinstance(tree, Mapping) else {}
        done = Emptied(0, 0, 0, 0)
        for name in [name for name in left if name not in kept]:
            self.wait()
            if cancel is not None and cancel.called:
                break
            done = _add(done, left.pop(name))
            self._show(volume, left)
            yield done
        if cancel is not None and cancel.called:
            yield done
            return
        yield Emptied(
            done.files, done.directories, done.size, len(failed), failed, True,
            len(left), tuple(left),
        )  # fmt: skip

    def _show(self, volume: Volume, left: dict[str, Node]) -> None:
        self.trees = {**self.trees, volume.name: dict(left)}
        for files in self.opened:
            if files.volume.name == volume.name:
                files.tree = self.trees[volume.name]


def _add(done: Emptied, node: Node) -> Emptied:
    """The sum with a node and all that is below it."""
    if not isinstance(node, Mapping):
        size = len(node) if isinstance(node, bytes | str) else 0
        return Emptied(done.files + 1, done.directories, done.size + size, 0)
    for child in node.values():
        done = _add(done, child)
    return Emptied(done.files, done.directories + 1, done.size, 0)
