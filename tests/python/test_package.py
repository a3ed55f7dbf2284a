"""The package installs with pip, brings its types, and passes a strict type checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "clients" / "python"


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_pip_installs_it_into_an_environment(tmp_path: Path) -> None:
    """From the source distribution, which holds the protos; the packages of the machine serve."""
    sources = tmp_path / "sources"
    run(
        sys.executable,
        "setup.py",
        "-q",
        "egg_info",
        "-e",
        str(tmp_path),
        "sdist",
        "-d",
        str(sources),
        cwd=PACKAGE,
    )
    (archive,) = sources.iterdir()
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--system-site-packages", str(environment), cwd=tmp_path)
    python = str(environment / "bin" / "python")
    run(
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-build-isolation",
        str(archive),
        cwd=tmp_path,
    )
    code = (
        "import raffinate, pathlib; from raffinate.v1 import simulation_pb2; folder ="
        " pathlib.Path(raffinate.__file__).parent; assert (folder / 'py.typed').exists() and"
        " (folder / 'v1' / 'simulation_pb2.pyi').exists(); raffinate.errors.decode_details(b'');"
        " print(raffinate.__version__, folder)"
    )
    out = run(python, "-I", "-c", code, cwd=tmp_path)
    assert out.startswith("0.1.0") and str(environment) in out


def test_types_are_strict() -> None:
    """mypy --strict over the package as it was built."""
    import raffinate

    folder = Path(raffinate.__file__).parent
    config = str(PACKAGE / "pyproject.toml")
    out = run(
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        config,
        "--cache-dir=/dev/null",
        str(folder),
        cwd=folder.parent,
    )
    assert "Success" in out
