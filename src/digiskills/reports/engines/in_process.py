"""A papermill engine that runs the cells in this very process, which was forked for one notebook."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbformat.v4 import output_from_msg
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from digiskills.reports.execute import IN_PROCESS

if TYPE_CHECKING:
    from nbformat import NotebookNode

SHOWN = ("display_data", "execute_result", "stream", "error")


class Outputs(Session):
    """Takes what a shell would send to its reader, and keeps it as the outputs of a cell."""

    def start(self) -> list[NotebookNode]:
        """Return the list that the outputs of the next cell go to."""
        self.cell: list[NotebookNode] = []
        return self.cell

    def send(self, stream: object, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Keep a message of the shell; nothing leaves this process.

        Parameters
        ----------
        stream : object
            Not used: there is no socket.
        msg_or_type : dict or str
            A whole message, or its type.
        content : dict, optional
            Its content.
        *args, **kwargs
            What else a session takes; the metadata are kept.

        Returns
        -------
        dict
            The message.
        """
        given = isinstance(msg_or_type, dict)
        message = msg_or_type if given else {"content": content, "metadata": kwargs.get("metadata") or {}}
        kind = str(msg_or_type["header"]["msg_type"] if given else msg_or_type)
        message.setdefault("header", {"msg_type": kind})
        if kind == "clear_output":
            self.cell.clear()
        elif kind == "stream" and self.cell and self.cell[-1].get("name") == message["content"]["name"]:
            self.cell[-1].text += message["content"]["text"]
        elif kind in SHOWN:
            self.cell.append(output_from_msg(message))
        return message


class Printed(io.TextIOBase):
    """What a cell prints to one of its two streams."""

    encoding = "utf-8"

    def __init__(self, outputs: Outputs, name: str) -> None:
        self.outputs, self.name = outputs, name

    def writable(self) -> bool:
        """Tell that it takes text."""
        return True

    def write(self, text: str) -> int:
        """Keep a text as an output of the cell.

        Parameters
        ----------
        text : str
            What was printed.

        Returns
        -------
        int
            Its length.
        """
        if text:
            self.outputs.send(None, "stream", {"name": self.name, "text": text})
        return len(text)


def shell() -> Any:
    """Return the shell of this process, made once; whoever forks it has it ready."""
    if ZMQInteractiveShell.initialized():
        return ZMQInteractiveShell.instance()
    made: Any = ZMQInteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    outputs = Outputs()
    for part in (made.displayhook, made.display_pub):
        part.session, part.pub_socket = outputs, None
    made.displayhook.get_execution_count = lambda: made.execution_count
    return made


class InProcess(Engine):  # type: ignore[misc]
    """Runs the cells of a notebook one after the other in this process; the first error ends it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any) -> None:
        """Run every cell and keep its outputs.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            Holds the notebook; it is saved once a second, so that what a process had shown outlives it.
        kernel_name : str
            Not used: there is no kernel.
        **kwargs
            What other engines take.
        """
        at = shell()
        outputs, streams = at.displayhook.session, (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = Printed(outputs, "stdout"), Printed(outputs, "stderr")
        sys.path.insert(_first_of_packages(), "")
        try:
            for cell in nb_man.nb.cells:
                if cell.cell_type == "code" and cell.source.strip() and not _run(at, cell, outputs):
                    break
                nb_man.autosave_cell()
        finally:
            sys.stdout, sys.stderr = streams


def register() -> None:
    """Tell papermill of the engine, in this process only: an entry point would reach every papermill there is."""
    papermill_engines.register(IN_PROCESS, InProcess)


def _first_of_packages() -> int:
    """Return where a kernel puts the notebook's folder among the places of modules: before what is installed."""
    packages = [number for number, place in enumerate(sys.path) if Path(place).name.endswith("-packages")]
    return packages[0] if packages else len(sys.path)


def _run(at: Any, cell: NotebookNode, outputs: Outputs) -> bool:
    """Run a cell; tell whether it came to its end."""
    cell.outputs = outputs.start()
    cell.execution_count = at.execution_count
    for part in (at.displayhook, at.display_pub):
        part.set_parent({})
    found = at.run_cell(cell.source, store_history=True)
    return bool(found.success)
