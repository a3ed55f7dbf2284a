"""A server of one's own, for those who have none."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from raffinate.client import Client
from raffinate.errors import Unavailable


def find_program(program: str | os.PathLike[str] | None = None) -> str:
    """The tool: ``program``, ``$RAFFINATE_PROGRAM``, or ``raffinate`` on the path.
    FileNotFoundError."""
    found = program or os.environ.get("RAFFINATE_PROGRAM") or shutil.which("raffinate")
    if not found or not Path(found).is_file():
        raise FileNotFoundError(
            f"no raffinate program ({found or 'none on the path'}); build it, then give its path as"
            " program= or in RAFFINATE_PROGRAM"
        )
    return str(found)


class LocalServer:
    """``raffinate serve`` as a child process. It ends with the ``with`` block or the program."""

    def __init__(
        self,
        program: str | os.PathLike[str] | None = None,
        *,
        database: str | os.PathLike[str] = ":memory:",
        threads: int = 0,
        device: str = "auto",
        port: int = 0,
    ) -> None:
        """``program``: the tool; ``$RAFFINATE_PROGRAM``, then ``raffinate`` on the path when None.
        ``database``: where jobs are kept, in memory by default. ``threads``: all when 0. ``port``:
        a free one when 0. FileNotFoundError without a tool; Unavailable with what it said when it
        does not start."""
        found = find_program(program)
        command = [
            found,
            "serve",
            "--listen",
            f"127.0.0.1:{port}",
            "--db",
            str(database),
            "--threads",
            str(threads),
            "--device",
            device,
        ]
        self._errors: IO[str] = tempfile.TemporaryFile("w+")
        # Of its own group: Ctrl-C in the terminal is this program's to handle.
        self._process: subprocess.Popen[str] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.stop)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        match = re.search(r"listens on (\S+:\d+)", line)
        if match is None:
            self.stop()
            raise Unavailable(f"{found} serve did not start: {self.errors() or line.strip()}")
        self.address = match[1]

    @property
    def pid(self) -> int:
        """Of the child process."""
        return self._process.pid

    def errors(self) -> str:
        """What it wrote on standard error."""
        self._errors.seek(0)
        return self._errors.read().strip()

    def client(self, **options: Any) -> Client:
        """A client of it; ``options`` as those of :class:`raffinate.Client`."""
        return Client(self.address, **options)

    def stop(self, timeout_s: float = 15.0) -> None:
        """Drains: running jobs are saved in the database. Killed after ``timeout_s``."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def kill(self) -> None:
        """At once, as a crash does."""
        self._process.kill()
        self._process.wait()
        self.stop()

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<raffinate.LocalServer at {self.address}>"


def local_server(program: str | os.PathLike[str] | None = None, **options: Any) -> LocalServer:
    """Starts ``raffinate serve`` on a free port::

        with raffinate.local_server() as server, server.client() as client:
            print(client.simulate("plant.yaml").figures)

    ``options`` as those of :class:`LocalServer`.
    """
    return LocalServer(program, **options)
