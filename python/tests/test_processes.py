"""Threads, forks, signals and the GIL."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import arrcalc
import numpy as np
import oracle
import pytest

WATCHDOG = 20  # seconds


@pytest.fixture(scope="module")
def values():
    random = np.random.Generator(np.random.Philox(17))
    return random.lognormal(0, 10, 2_000_000) * random.choice([-1.0, 1.0], 2_000_000)


def answers(values, threads=None):
    found = [
        arrcalc.sum(values, threads=threads),
        arrcalc.var(values, threads=threads),
        arrcalc.median(values, threads=threads),
        arrcalc.dot(values, values[::-1], threads=threads),
        arrcalc.min(values, threads=threads),
    ]
    return [float(value).hex() for value in found] + [int(arrcalc.argmax(values, threads=threads))]


def test_the_bits_do_not_depend_on_threads(values):
    expected = answers(values, 1)
    for threads in (2, 3, 5, 8, None):
        assert answers(values, threads) == expected


def test_several_python_threads_may_ask_at_once(values):
    expected = answers(values)
    found = []
    threads = [threading.Thread(target=lambda: found.append(answers(values))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WATCHDOG)
        assert not thread.is_alive()
    assert found == [expected] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_can_use_arrcalc_after_its_parent_did(values):
    expected = answers(values)
    context = multiprocessing.get_context("fork")

    def child(connection):
        connection.send(answers(values))
        grandchild = context.Process(target=lambda: connection.send(answers(values, 3)))
        grandchild.start()
        grandchild.join(WATCHDOG / 2)

    here, there = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(there,))
    process.start()
    try:
        for _ in range(2):
            assert here.poll(WATCHDOG), "the child hangs"
            assert here.recv() == expected
        process.join(WATCHDOG)
        assert process.exitcode == 0
    finally:
        process.kill()
    assert answers(values) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_forked_while_another_thread_computes_works(values):
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            arrcalc.sum(values, threads=2)

    thread = threading.Thread(target=busy)
    thread.start()
    context = multiprocessing.get_context("fork")
    try:
        for _ in range(5):
            process = context.Process(target=answers, args=(values[:300_000],))
            process.start()
            process.join(WATCHDOG)
            hangs = process.is_alive()
            process.kill()
            assert not hangs and process.exitcode == 0
    finally:
        stop.set()
        thread.join()


def test_a_spawned_pool_gives_the_same_bits(values):
    part = values[:50_000]
    expected = float(arrcalc.sum(part)).hex()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(arrcalc.sum, [part] * 3)
    assert [float(value).hex() for value in found] == [expected] * 3


def test_other_threads_run_while_arrcalc_computes():
    values = np.broadcast_to(np.float64(0.1), (400_000_000,))  # long work, no memory
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        start = time.perf_counter()
        arrcalc.sum(values[:200_000_000], threads=1)
        end = time.perf_counter()
    finally:
        done.set()
        thread.join()
    during = [t for t in ticks if start < t < end]
    assert end - start < 0.05 or len(during) >= 5, (end - start, len(during))


CTRL_C = """
import os, signal, threading, time
import numpy as np
import arrcalc

# A shell that starts its jobs in the background has them ignore the signal; Python then has no handler of its own.
signal.signal(signal.SIGINT, signal.default_int_handler)
values = np.broadcast_to(np.float64(0.1), (40_000_000_000,))  # far longer than the test
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.perf_counter()
try:
    arrcalc.var(values)
except KeyboardInterrupt:
    print("interrupted", time.perf_counter() - start < 5)
print(arrcalc.sum([1.0, 2.0]), arrcalc.sum(np.ones(3_000_000)))
"""


def test_ctrl_c_stops_a_long_call_and_the_next_one_works():
    done = subprocess.run([sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=WATCHDOG)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["interrupted True", "3.0 3000000.0"]


def test_a_signal_handler_that_raises_is_raised_from_the_call():
    class Alarm(Exception):
        pass

    def ring(*_):
        raise Alarm

    values = np.broadcast_to(np.float64(0.1), (40_000_000_000,))
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Alarm):
            arrcalc.sum(values)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    oracle.same(arrcalc.sum(np.ones(10)), np.float64(10))


def test_importing_needs_numpy_alone():
    code = "import sys, arrcalc; print([m for m in ('pandas', 'pyarrow', 'polars', 'duckdb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=WATCHDOG, check=True)
    assert done.stdout.strip() == "[]"
