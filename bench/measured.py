"""One command measured: seconds on the clock, seconds of processors, most memory, of it and all that it starts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ADOPT = 36  # PR_SET_CHILD_SUBREAPER: processes that outlive their parent are waited for here


class Cost(NamedTuple):
    """What a command took: seconds, seconds of processors, MiB (pages that processes share count once)."""

    wall: float
    cpu: float
    memory: float


def cost(command: Sequence[str | Path], env: Mapping[str, str], watched: float = 0.2) -> Cost:
    """Run a command to its end and return what it took.

    Parameters
    ----------
    command : sequence
        It must succeed.
    env : mapping of str to str
        Added to the environment.
    watched : float
        Seconds between two looks at the memory; 0 for none.

    Returns
    -------
    Cost
        With all that the command started, even where that outlived it.

    Raises
    ------
    SystemExit
        With what the command said, where it failed.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(ADOPT, 1)
    before, began = _used(), time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with Watch(process.pid, watched) as watch:
        said, _ = process.communicate()
    wall = time.perf_counter() - began
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{said[-4000:]}")
    return Cost(wall, _used() - before, watch.most)


class Watch(threading.Thread):
    """Looks at the memory of a process and its descendants from time to time; `most` is the most seen, in MiB."""

    def __init__(self, process: int, every: float) -> None:
        super().__init__(daemon=True)
        self.process, self.every, self.most, self.over = process, every, 0.0, threading.Event()

    def __enter__(self) -> Watch:
        if self.every:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.every:
            self.join()

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(self.every):
            self.most = max(self.most, sum(memory(one, "Pss") for one in tree(self.process)))


def tree(process: int) -> Iterable[int]:
    """Yield a process and its descendants."""
    yield process
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from tree(int(child))


def memory(process: int, *kinds: str) -> float:
    """Return the memory of a process in MiB: the sum of kinds that `smaps_rollup` tells, 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    found = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return sum(found[kind] for kind in kinds) / 1024


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
