"""The report as PDF, by a converter that the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_LIMIT_S = 300
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class NoConverter(RuntimeError):
    """None is installed, or the one that is did not make a file."""


def _command(html: Path, pdf: Path, profile: str) -> list[str]:
    weasyprint = shutil.which("weasyprint")
    if weasyprint:
        return [weasyprint, str(html), str(pdf)]
    for name in _CHROMIUM:
        chromium = shutil.which(name)
        if not chromium:
            continue
        return [
            chromium,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            # Its sandbox refuses root, as in a container; the page has no scripts.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--print-to-pdf={pdf.resolve()}",
            html.resolve().as_uri(),
        ]
    raise NoConverter(
        "nothing here makes a PDF of a page: install chromium or weasyprint (Debian has both)"
    )


def convert(html: str | os.PathLike[str], pdf: str | os.PathLike[str]) -> None:
    """Writes ``pdf``, replacing it. NoConverter without a converter, or with what it said."""
    target = Path(pdf)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "report.pdf"
        command = _command(Path(html), made, str(Path(folder) / "profile"))
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NoConverter(f"{command[0]} did not end within {_LIMIT_S} s") from error
        if done.returncode != 0 or not made.is_file() or made.read_bytes()[:5] != b"%PDF-":
            said = done.stderr.strip().splitlines()[-1:] or ["it wrote no PDF"]
            raise NoConverter(f"{command[0]}: {said[0]}")
        shutil.copyfile(made, target)
