"""How a Jupyter server starts warm kernels: by a provisioner that is told to it in its own process."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from digiskills.reports.engines.forks import SINGLE
from digiskills.reports.imports import code_state
from digiskills.warm_kernels import letters

NAME = "digiskills-warm"
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # else the debugger warns of a module it does not read
PATIENCE = 5.0  # seconds for the prepared process to fork


class Zygote:
    """The prepared process, as the server sees it; it warms up while the server does other things."""

    def __init__(self) -> None:
        self.server, other = socket.socketpair()
        # -P: the folder it is started in must not reach the kernels as a place of modules.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "digiskills.warm_kernels.zygote", str(other.fileno())],
            env={**os.environ, **SINGLE, **QUIET},
            stdin=subprocess.DEVNULL,
            pass_fds=(other.fileno(),),
            start_new_session=True,  # Ctrl-C is for the server, which ends it in order
        )
        other.close()
        self.told: dict[str, Any] | None = None
        self.code = code_state()

    def ready(self, patience: float = 0.0) -> bool:
        """Tell whether it can fork a kernel.

        Parameters
        ----------
        patience : float
            Seconds to wait for it.

        Returns
        -------
        bool
            False while it warms up, where it may not be forked, and where it has ended.
        """
        if self.told is None and select.select([self.server], [], [], patience)[0]:
            self.told = letters.receive(self.server) or {"ready": False, "why": "the process that forks ended"}
        return bool(self.told and self.told["ready"]) and self.process.poll() is None

    def fork(
        self, arguments: list[str], environment: Mapping[str, str], folder: str, streams: list[int]
    ) -> Kernel | None:
        """Return a kernel, or None where the process does not fork it in time.

        Parameters
        ----------
        arguments : list of str
            Of the kernel.
        environment : mapping of str to str
            Of the kernel, whole.
        folder : str
            Where it works.
        streams : list of int
            Descriptors of its standard input, output and error.

        Returns
        -------
        Kernel or None
            If there is none, there will be none later either: a kernel that nobody asks for ends by itself.
        """
        line, other = socket.socketpair()
        line.settimeout(PATIENCE)
        with contextlib.suppress(OSError), other:
            socket.send_fds(self.server, [b"k"], [other.fileno(), *streams])
        told = letters.receive(line)
        if told is None or "process" not in told:
            line.close()
            return None
        kernel = Kernel(int(told["process"]), line)
        letters.send(line, {"arguments": arguments, "environment": dict(environment), "folder": folder})
        return kernel

    def close(self) -> None:
        """End the process; kernels that it forked go on until the server ends."""
        self.server.close()
        self.process.kill()
        self.process.wait()


class Kernel:
    """A forked kernel, with as much of `subprocess.Popen` as a provisioner asks for.

    Parameters
    ----------
    process : int
        Its number.
    line : socket
        To it, and to the process that forked it, which tells how it ended.
    """

    stdin = stdout = stderr = None

    def __init__(self, process: int, line: socket.socket) -> None:
        self.pid, self.line = process, line
        self.returncode: int | None = None
        try:
            self.watched = os.pidfd_open(process)
        except OSError:  # it has ended already
            self.watched = -1
            self._ended()

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        if self.returncode is None and select.select([self.watched], [], [], 0)[0]:
            self._ended()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return how it ended.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait; as long as it takes by default.

        Returns
        -------
        int or None
            None where it still runs.
        """
        if self.returncode is None and select.select([self.watched], [], [], timeout)[0]:
            self._ended()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to it, and never to another process that got its number."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.watched, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _ended(self) -> None:
        self.line.settimeout(1)
        told = letters.receive(self.line) or {}  # nothing, where the process that forked it has ended, too
        self.returncode = int(told.get("exit", 1))
        self.line.close()
        if self.watched >= 0:
            os.close(self.watched)


class WarmProvisioner(LocalProvisioner):
    """Starts Python kernels of this environment by a fork; all others, and all where it cannot, as ever."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel.

        Parameters
        ----------
        cmd : list of str
            The command that would start it.
        **kwargs
            As for any provisioner.

        Returns
        -------
        dict
            How to reach it.
        """
        kernel = _forked(cmd, kwargs)
        if kernel is None:
            return await super().launch_kernel(cmd, **kwargs)
        started: Any = kernel  # it has what is asked of a Popen
        self.process, self.pid, self.pgid = started, kernel.pid, kernel.pid
        self.cwd = kwargs.get("cwd") or str(Path.cwd())
        return self.connection_info


_zygote: Zygote | None = None


def start() -> Zygote:
    """Start the prepared process and make warm kernels the rule in this process, which is to be a Jupyter server.

    Returns
    -------
    Zygote
        Warming up.

    Notes
    -----
    Nothing is installed and no file written: servers that are started otherwise know nothing of it, nor do the
    kernels. What they say to each other goes over sockets without a name.
    """
    global _zygote
    KernelProvisionerFactory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:{WarmProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
    )
    KernelProvisionerFactory.instance().default_provisioner_name = NAME
    _zygote = Zygote()
    return _zygote


def stop() -> None:
    """End the prepared process; kernels start as ever from now on."""
    global _zygote
    if _zygote is not None:
        _zygote.close()
        _zygote = None
    KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"


def _forked(cmd: list[str], kwargs: dict[str, Any]) -> Kernel | None:
    """Return a forked kernel, None where it must start as ever."""
    global _zygote
    environment = kwargs.get("env") or os.environ
    streams = [_descriptor(kwargs.get(name), number) for number, name in ((1, "stdout"), (2, "stderr"))]
    if _zygote is None or min(streams) < 0 or not _is_our_kernel(cmd, environment):
        return None
    if _zygote.code != code_state() or _zygote.process.poll() is not None:
        _zygote.close()
        _zygote = Zygote()  # the code was edited, or it was lost: the kernel after this one is warm again
    if not _zygote.ready():
        return None
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        folder = str(kwargs.get("cwd") or Path.cwd())
        # Its libraries were told of one thread when they were imported; it is what the kernel has.
        return _zygote.fork(cmd[cmd.index("-m") + 2 :], {**environment, **SINGLE}, folder, [nothing, *streams])
    finally:
        os.close(nothing)


def _is_our_kernel(cmd: list[str], environment: Mapping[str, str]) -> bool:
    """Tell whether a command starts a Python kernel of this very environment."""
    same = environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH")
    module = cmd[cmd.index("-m") + 1] if "-m" in cmd else ""
    return same and module == "ipykernel_launcher" and Path(cmd[0]).samefile(sys.executable)


def _descriptor(stream: Any, default: int) -> int:
    """Return the descriptor of a stream; below 0 where a pipe is to be made for it."""
    if stream is None:
        return default
    return stream if isinstance(stream, int) else int(stream.fileno())
