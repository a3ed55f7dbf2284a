"""Compiles ../../proto into raffinate.v1 while the package is built.

The compiler is `protoc` of the machine (Debian: protobuf-compiler), or that of grpcio-tools.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent


def proto_folder() -> Path:
    """Beside this file in a source distribution, else that of the repository."""
    for folder in (HERE / "proto", HERE.parent.parent / "proto"):
        if (folder / "raffinate" / "v1").is_dir():
            return folder
    raise SystemExit(f"no proto/raffinate/v1 in {HERE} nor two folders above it")


def compiler() -> "list[str] | None":
    protoc = shutil.which("protoc")
    if protoc:
        return [protoc]
    if importlib.util.find_spec("grpc_tools"):
        return [sys.executable, "-m", "grpc_tools.protoc"]
    return None


def protoc(*arguments: str) -> None:
    command = compiler()
    if command is None:
        raise SystemExit("no protoc: install protobuf-compiler (Debian), or grpcio-tools with pip")
    subprocess.run([*command, f"--proto_path={proto_folder()}", *arguments], check=True)


def protobuf_requirement() -> str:
    """What runtime can read what this compiler writes."""
    if compiler() is None:
        return "protobuf>=3.20"
    with tempfile.TemporaryDirectory() as folder:
        protoc(f"--python_out={folder}", "raffinate/v1/annotations.proto")
        code = next(Path(folder).rglob("*_pb2.py")).read_text()
    # Code of compilers before 26 says no version and runs from 3.20 on.
    version = re.search(r"^# Protobuf Python Version: ([\d.]+)", code, re.MULTILINE)
    return f"protobuf>={version[1]}" if version else "protobuf>=3.20"


def generate(package: Path) -> None:
    """Writes the modules of raffinate/v1 and the error details of google.rpc."""
    protos = sorted(
        p.relative_to(proto_folder()) for p in proto_folder().glob("raffinate/v1/*.proto")
    )
    target = package / "v1"
    target.mkdir(parents=True, exist_ok=True)
    protoc(f"--python_out={package.parent}", f"--pyi_out={package.parent}", *map(str, protos))
    # As descriptors, not as modules: googleapis-common-protos has those names.
    protoc(
        "--include_imports",
        f"--descriptor_set_out={package / 'google_rpc.binpb'}",
        "google/rpc/status.proto",
        "google/rpc/error_details.proto",
    )


class BuildPy(build_py):
    def run(self) -> None:
        super().run()
        # An editable install runs from the sources.
        editable = getattr(self, "editable_mode", False)
        generate((HERE / "src" if editable else Path(self.build_lib)) / "raffinate")


class SourceDistribution(sdist):
    def make_release_tree(self, base_dir: str, files: "list[str]") -> None:
        super().make_release_tree(base_dir, files)
        shutil.copytree(proto_folder(), Path(base_dir) / "proto", dirs_exist_ok=True)


setup(
    cmdclass={"build_py": BuildPy, "sdist": SourceDistribution},
    setup_requires=[] if compiler() else ["grpcio-tools>=1.51"],
    install_requires=[
        "grpcio>=1.51",
        protobuf_requirement(),
        "pandas>=1.5",
        "matplotlib>=3.6",
        "tqdm",
    ],
)
