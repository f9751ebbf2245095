"""Warm kernels: real ones, by the jupyter_client that a Jupyter server uses."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from digiskills import commands
from digiskills.warm_kernels import provisioner
from digiskills.warm_kernels.provisioner import Kernel, Zygote

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        yield


@pytest.fixture(scope="module")
def zygote(environment: None) -> Iterator[Zygote]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provisioner, "code_state", lambda: ())  # whoever edits the package meanwhile
        started = provisioner.start()
        assert started.ready(patience=120), started.told
        yield started
        provisioner.stop()


@pytest.fixture
def started(zygote: Zygote, tmp_path: Path) -> Iterator[KernelManager]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path))
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture
def client(started: KernelManager) -> Iterator[BlockingKernelClient]:
    with connected(started) as made:
        yield made


class connected:
    """A client of a kernel for as long as it is needed."""

    def __init__(self, manager: KernelManager) -> None:
        self.client = manager.blocking_client()

    def __enter__(self) -> BlockingKernelClient:
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return self.client

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()


def said(client: BlockingKernelClient, code: str) -> str:
    """Return what a cell prints, or the name of its error.

    A failed cell stops none behind it: a kernel drops what it receives until it has emptied its queue after an error,
    and a test asks on sooner than a person does.
    """
    found: list[str] = []

    def hear(message: dict) -> None:
        content = message["content"]
        found.append(content.get("text", "") or content.get("ename", ""))

    client.execute_interactive(code, timeout=60, output_hook=hear, stop_on_error=False)
    return "".join(found).strip()


def is_warm(manager: KernelManager) -> bool:
    return isinstance(manager.provisioner.process, Kernel)


def gone(process: int, within: float = 15.0) -> bool:
    """Tell whether a process ends soon; one that nobody has waited for yet has ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_a_kernel_is_forked_and_runs_cells(
    started: KernelManager, client: BlockingKernelClient, tmp_path: Path
) -> None:
    assert is_warm(started)
    assert said(client, "print(6 * 7)") == "42"
    told = said(client, "import os, sys; print(os.getcwd(), sys.path.count(''), __name__, 'pandas' in sys.modules)")
    assert told == f"{tmp_path} 1 __main__ True"
    assert said(client, "import matplotlib; print(matplotlib.get_backend())").endswith("inline")
    assert said(
        client, "%matplotlib inline\nimport matplotlib.pyplot as plt; plt.plot([1]); print(len(plt.get_fignums()))"
    )


def test_an_error_is_an_error_and_input_from_a_cell_too(client: BlockingKernelClient) -> None:
    assert "ZeroDivisionError" in said(client, "1 / 0")
    assert said(client, "print('still here')") == "still here"


def test_nothing_of_one_kernel_reaches_another(zygote: Zygote) -> None:
    leak = "import os, random, pandas; x = 1; pandas.DataFrame.leaked = 1; os.environ['LEAKED'] = '1'; random.seed(1)"
    drawn = "import os, random, pandas; print('x' in globals(), hasattr(pandas.DataFrame, 'leaked'), "
    drawn += "'LEAKED' in os.environ, random.random())"
    told = []
    for _ in range(2):
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel()
        with connected(manager) as client:
            assert is_warm(manager)
            told.append(said(client, drawn))
            said(client, leak)
        manager.shutdown_kernel(now=True)
    assert all(each.startswith("False False False ") for each in told) and told[0] != told[1]


def test_an_interrupt_ends_the_cell_and_keeps_the_rest(started: KernelManager, client: BlockingKernelClient) -> None:
    said(client, "kept = 5")
    asked = client.execute("import time\nprint('now', flush=True)\ntime.sleep(60)", stop_on_error=False)
    while client.get_iopub_msg(timeout=30)["content"].get("text", "").strip() != "now":
        pass
    began = time.monotonic()
    started.interrupt_kernel()
    reply = client.get_shell_msg(timeout=30)
    while reply["parent_header"].get("msg_id") != asked:
        reply = client.get_shell_msg(timeout=30)
    assert reply["content"]["ename"] == "KeyboardInterrupt" and time.monotonic() - began < 10
    assert said(client, "print(kept)") == "5" and started.is_alive()


def test_what_a_cell_started_is_interrupted_with_it(started: KernelManager, client: BlockingKernelClient) -> None:
    code = "import subprocess\nc = subprocess.Popen(['sleep', '300'])\nprint(c.pid, flush=True)\nc.wait()"
    client.execute(code)
    child = ""
    while not child.isdigit():
        child = client.get_iopub_msg(timeout=30)["content"].get("text", "").strip()
    started.interrupt_kernel()
    assert gone(int(child))


def test_a_restart_gives_a_new_kernel_to_the_same_client(started: KernelManager, client: BlockingKernelClient) -> None:
    said(client, "kept = 5")
    before = started.provisioner.pid
    started.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    assert is_warm(started) and started.provisioner.pid != before and gone(before)
    assert "NameError" in said(client, "kept")


def test_a_shutdown_in_order_ends_it_and_tells_how(zygote: Zygote) -> None:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    with connected(manager) as client:
        said(client, "import atexit, pathlib")
    process = manager.provisioner.process
    manager.shutdown_kernel()
    assert process.poll() == 0 and gone(process.pid) and not manager.is_alive()


@pytest.mark.parametrize(
    ("code", "ended"),
    [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9), ("import os; os._exit(3)", 3)],
)
def test_a_kernel_that_dies_is_known_to_be_dead(
    code: str, ended: int, started: KernelManager, client: BlockingKernelClient
) -> None:
    process = started.provisioner.process
    client.execute(code)
    assert process.wait(timeout=30) == ended and not started.is_alive()
    process.send_signal(signal.SIGTERM)  # reaches nobody


def test_threads_and_processes_work_in_it(client: BlockingKernelClient) -> None:
    code = """
import duckdb, multiprocessing, os, numpy
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]
assert duckdb.sql("select sum(range) from range(100000)").fetchall() == [(4999950000,)]
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(abs, [-1, -2]) == [1, 2]
assert numpy.ones((300, 300)).dot(numpy.ones((300, 300)))[0, 0] == 300
print("well", os.environ["OMP_NUM_THREADS"])"""
    assert said(client, code) == "well 1"


def test_its_files_are_for_its_owner(started: KernelManager) -> None:
    assert Path(started.connection_file).stat().st_mode & 0o077 == 0


def test_while_it_warms_up_kernels_start_as_ever(monkeypatch: pytest.MonkeyPatch, zygote: Zygote) -> None:
    cold = Zygote()
    monkeypatch.setattr(provisioner, "_zygote", cold)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        assert not is_warm(manager)
        with connected(manager) as client:
            assert said(client, "print(1)") == "1"
    finally:
        manager.shutdown_kernel(now=True)
        cold.close()


def test_after_a_crash_the_next_kernel_starts_as_ever_the_one_after_is_warm_and_others_live(
    monkeypatch: pytest.MonkeyPatch, zygote: Zygote
) -> None:
    lost = Zygote()
    monkeypatch.setattr(provisioner, "_zygote", lost)
    assert lost.ready(patience=120)
    first, second = KernelManager(kernel_name="python3"), KernelManager(kernel_name="python3")
    first.start_kernel()
    with connected(first) as client:
        said(client, "kept = 5")
        lost.process.kill()
        lost.process.wait()
        second.start_kernel()
        assert is_warm(first) and not is_warm(second)
        assert said(client, "print(kept)") == "5", "a kernel outlives the process that forked it"
        assert provisioner._zygote is not lost and provisioner._zygote.ready(patience=120)
        second.restart_kernel(now=True)
        assert is_warm(second)
    for manager in (first, second):
        process = manager.provisioner.pid
        manager.shutdown_kernel(now=True)
        assert gone(process)
    provisioner._zygote.close()


def test_edited_code_is_not_served_stale(monkeypatch: pytest.MonkeyPatch, zygote: Zygote) -> None:
    monkeypatch.setattr(provisioner, "_zygote", old := Zygote())
    assert old.ready(patience=120)
    monkeypatch.setattr(provisioner, "code_state", lambda: (("charts.py", 2),))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    assert not is_warm(manager) and provisioner._zygote is not old and gone(old.process.pid)
    manager.shutdown_kernel(now=True)
    provisioner._zygote.close()


def test_another_python_and_another_place_of_modules_start_as_ever(zygote: Zygote) -> None:
    ours = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    assert provisioner._is_our_kernel(ours, os.environ)
    assert not provisioner._is_our_kernel(["/bin/sh", *ours[1:]], os.environ)
    assert not provisioner._is_our_kernel([sys.executable, "-m", "xeus"], os.environ)
    assert not provisioner._is_our_kernel(ours, {**os.environ, "PYTHONPATH": "/elsewhere"})


SERVER = """
import sys, time
from jupyter_client.manager import KernelManager
from digiskills import commands
from digiskills.warm_kernels import provisioner
zygote = provisioner.start()
assert zygote.ready(patience=120)
manager = KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.blocking_client(); client.start_channels(); client.wait_for_ready(timeout=60)
print(zygote.process.pid, manager.provisioner.pid, flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_all_ends_with_the_server(ending: signal.Signals) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    processes = [int(word) for word in server.stdout.readline().split()]
    assert len(processes) == 2
    server.send_signal(ending)
    server.wait()
    server.stdout.close()
    assert all(gone(process) for process in processes)


def test_jupyterlabs_own_manager_starts_restarts_and_ends_them(zygote: Zygote, tmp_path: Path) -> None:
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    async def day() -> list[bool]:
        kernels = AsyncMappingKernelManager(root_dir=str(tmp_path))
        name = await kernels.start_kernel(kernel_name="python3")
        manager, seen = kernels.get_kernel(name), []
        for _ in range(2):
            await manager.ready
            seen.append(is_warm(manager) and await manager.is_alive())
            await kernels.restart_kernel(name, now=True)
        process = manager.provisioner.pid
        await kernels.shutdown_kernel(name, now=True)
        return [*seen, gone(process), name not in kernels]

    assert asyncio.run(day()) == [True] * 4


@pytest.mark.parametrize(
    ("words", "system", "module"),
    [
        ([], "linux", "jupyterlab"),
        (["--warm"], "linux", "digiskills.warm_kernels.server"),
        (["--warm"], "darwin", "jupyterlab"),
    ],
)
def test_the_command_opens_jupyterlab_with_warm_kernels_where_asked(
    words: list[str], system: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: ran.append(command))
    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(sys, "platform", system)
    commands.app(["lab", *words], standalone_mode=False)
    ((_, flag, ran_module, folder),) = ran
    assert (flag, ran_module) == ("-m", module) and folder.endswith("notebooks")
