"""Blocking work as awaitables."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from tui.calls import call, stream


async def test_a_call_returns_raises_and_runs_elsewhere() -> None:
    assert await call(threading.current_thread) is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        await call(divmod, 1, 0)


async def test_a_cancelled_call_does_not_wait_for_its_thread() -> None:
    release = threading.Event()
    task = asyncio.create_task(call(release.wait))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


async def test_no_thread_keeps_the_program_alive() -> None:
    assert (await call(threading.current_thread)).daemon


async def test_a_stream_yields_all_in_order() -> None:
    async with aclosing(stream(lambda: iter(range(1000)))) as numbers:
        assert [number async for number in numbers] == list(range(1000))


async def test_the_error_of_a_stream_comes_after_its_items() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken")

    seen: list[int] = []

    async def read() -> None:
        async with aclosing(stream(failing)) as items:
            async for item in items:
                seen.insert(len(seen), item)

    with pytest.raises(ValueError, match="broken"):
        await read()
    assert seen == [1]


async def test_leaving_a_stream_closes_the_generator_in_its_thread() -> None:
    closed = threading.Event()
    threads: list[threading.Thread] = []

    def endless() -> Generator[int, None, None]:
        threads.append(threading.current_thread())
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            threads.append(threading.current_thread())
            closed.set()

    async with aclosing(stream(endless)) as items:
        async for item in items:
            if item == 3:
                break
    assert await call(closed.wait, 5)
    assert threads[0] is threads[1] is not threading.current_thread()


async def test_a_slow_reader_is_not_flooded() -> None:
    made: list[int] = []

    def eager() -> Generator[int, None, None]:
        for number in range(1000):
            made.append(number)
            yield number

    async with aclosing(stream(eager)) as items:
        async for item in items:
            assert len(made) <= item + 12
            if item == 50:
                break
