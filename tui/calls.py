"""Blocking work of the engine as awaitables, in daemon threads of our own.

A thread of asyncio's or Textual's pool is waited for at quit; ours never keep the program alive.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from textual.message_pump import MessagePump

from tui.engine.cancel import Cancel, working_for

P = ParamSpec("P")
T = TypeVar("T")

AHEAD = 4
"""Items a stream's thread may produce before the first of them was taken."""


def begin(work: Coroutine[Any, Any, None], owner: MessagePump) -> asyncio.Task[None]:
    """Begin work on the event loop; a bug in it ends the program as one in a handler of `owner`."""

    def tell(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            owner.call_later(_raise, error)

    task = asyncio.create_task(work)
    task.add_done_callback(tell)
    return task


def _raise(error: BaseException) -> None:
    raise error


async def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` in a thread and return what it returns, or raise what it raises.

    When the awaiting task is cancelled, what waits for the agent in the thread is woken and ends;
    the outcome is dropped.
    """
    outcome = _Outcome[T](asyncio.get_running_loop())
    cancel = Cancel()

    def run() -> None:
        with outcome, working_for(cancel):
            outcome.value = function(*args, **kwargs)

    threading.Thread(target=run, daemon=True, name=f"call {function!r}").start()
    try:
        return await outcome.future
    except asyncio.CancelledError:
        cancel.cancel()
        raise


async def stream(
    function: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs
) -> AsyncGenerator[T, None]:
    """Iterate what `function` returns in a thread; closing this closes the generator there.

    Leave a loop over it early only through `contextlib.aclosing`, else it ends at its next item.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[T | _End] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)
    stopped = threading.Event()

    def produce() -> None:
        items = function(*args, **kwargs)
        try:
            for item in items:
                room.acquire()
                if stopped.is_set():
                    return
                loop.call_soon_threadsafe(arrived.put_nowait, item)
        finally:
            if isinstance(items, Generator):
                items.close()

    def finished(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # Retrieved, or asyncio would print it when nobody awaits the end.
        arrived.put_nowait(_End())

    ended = asyncio.create_task(call(produce))
    ended.add_done_callback(finished)
    try:
        while not isinstance(item := await arrived.get(), _End):
            room.release()
            yield item
        await ended
    finally:
        stopped.set()
        room.release()
        ended.cancel()


class _End:
    """Stands in a stream's queue behind the last item."""


class _Outcome(Generic[T]):
    """Carries the value, or the error that leaves the block, to a future of another thread."""

    value: T

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[T] = loop.create_future()
        self._loop = loop

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        with suppress(RuntimeError):  # The loop is closed: the program has quit meanwhile.
            self._loop.call_soon_threadsafe(self._settle, error)
        return True

    def _settle(self, error: BaseException | None) -> None:
        if self.future.cancelled():
            return
        if error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(error)
