"""The prepared process behind warm kernels: it imports what notebooks need, then forks a kernel per request."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import selectors
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

from digiskills import paths
from digiskills.reports.engines import ahead
from digiskills.warm_kernels import letters

NEEDED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.pylabtools",
    "zmq.eventloop.zmqstream",
    "digiskills.notebook",
    "digiskills.charts",
    "digiskills.exhibits",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pyarrow.parquet",
    "jinja2",
)
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main(descriptor: int) -> None:
    """Import what notebooks need, say so, then fork a kernel for each request until the server hangs up.

    Parameters
    ----------
    descriptor : int
        Of the connection to the server.
    """
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
    server = socket.socket(fileno=descriptor)
    server.set_inheritable(False)
    # Nothing that is imported is garbage: looking for it takes a quarter of the time that imports take.
    gc.disable()
    # Its grammars take 1.7 s to compile at import; jsonschema goes without it.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    # Matplotlib reads it once, at import: with another value figures would not show in the kernels.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    ahead.import_all((*NEEDED, *ahead.imported_by_notebooks(paths.notebooks())))
    gc.freeze()
    why = ahead.refusal()
    letters.send(server, {"ready": not why, "why": why})
    if not why:
        Kernels(server).run()


class Kernels:
    """Forks kernels and tells the server how each ended.

    Parameters
    ----------
    server : socket
        Sends a socket for each kernel that is wanted; its end ends this process, not the kernels.
    """

    def __init__(self, server: socket.socket) -> None:
        self.server = server
        self.running: dict[int, tuple[int, socket.socket]] = {}  # process and its line, by descriptor of the process
        self.selector = selectors.DefaultSelector()
        self.selector.register(server, selectors.EVENT_READ)

    def run(self) -> None:
        """Fork until the server hangs up."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is not self.server:
                    self.ended(key.fd)
                elif not self.take():
                    return

    def take(self) -> bool:
        """Fork a kernel for the next request; tell whether there was one."""
        try:
            found, descriptors, _, _ = socket.recv_fds(self.server, 1, 4)
        except OSError:
            return False
        if not found:
            return False
        line = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            self.close()
            _be_a_kernel(line, descriptors[1:])
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        watched = os.pidfd_open(process)
        self.running[watched] = process, line
        self.selector.register(watched, selectors.EVENT_READ)
        letters.send(line, {"process": process})
        return True

    def ended(self, watched: int) -> None:
        """Tell the server how a kernel ended.

        Parameters
        ----------
        watched : int
            Descriptor of its process.
        """
        process, line = self.running.pop(watched)
        self.selector.unregister(watched)
        os.close(watched)
        letters.send(line, {"exit": os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])})
        line.close()

    def close(self) -> None:
        """Close what is not a kernel's business."""
        self.selector.close()
        self.server.close()
        for watched, (_, line) in self.running.items():
            os.close(watched)
            line.close()


def _be_a_kernel(line: socket.socket, streams: list[int]) -> NoReturn:
    """Become the kernel that is asked for; end where nobody asks any more, or when the server has ended."""
    code = 1
    try:
        os.setsid()
        asked = letters.receive(line)
        if asked is not None:
            _start_anew(asked, streams)
            threading.Thread(target=_end_with_server, args=(line,), daemon=True).start()
            _serve(list(asked["arguments"]))
            code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001  told to the server's log, as a kernel does that cannot start
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _start_anew(asked: dict[str, Any], streams: list[int]) -> None:
    """Give a kernel what a new process has: its streams, environment, folder and random numbers."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        if stream > 2:
            os.close(stream)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    if not asked["environment"].get("PYTHONSAFEPATH"):
        packages = [at for at, place in enumerate(sys.path) if Path(place).name.endswith("-packages")]
        sys.path.insert(min(packages, default=len(sys.path)), "")  # where IPython puts the notebook's folder
    gc.enable()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _serve(arguments: list[str]) -> None:
    """Run the kernel until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [str(Path(sys.modules["ipykernel"].__path__[0]).parent / "ipykernel_launcher.py"), *arguments]
    # 1: it does not look for a parent, which is not the server here; the line to the server tells when that ends.
    app: Any = IPKernelApp.instance(parent_handle=1)
    app.initialize(arguments)
    app.start()


def _end_with_server(line: socket.socket) -> None:
    """End the kernel when the server has ended."""
    while line.recv(1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
