"""A wheel with an instrument of somebody else's, built here, and an environment of its own to install it into."""

from __future__ import annotations

import base64
import hashlib
import site
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

PACKAGE = Path(__file__).parent / "other_package"
METADATA = "Metadata-Version: 2.1\nName: word-count\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: headnotes tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder: Path, entry_points: str) -> Path:
    """A wheel of the package, with these lines in its group of entry points."""
    files = {f"word_count/{file.name}": file.read_text("utf-8") for file in sorted(PACKAGE.glob("*.*"))}
    about = "word_count-1.0.dist-info"
    files |= {
        f"{about}/METADATA": METADATA,
        f"{about}/WHEEL": WHEEL,
        f"{about}/entry_points.txt": f"[headnotes.instruments]\n{entry_points}\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    wheel = folder / "word_count-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": "\n".join([*record, f"{about}/RECORD,,\n"])}.items():
            archive.writestr(name, text)
    return wheel


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def environment(folder: Path, wheel: Path) -> Path:
    """The Python of a new environment that has what this one has, and the wheel."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python" if sys.platform != "win32" else folder / "Scripts" / "python.exe"
    own = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    borrowed = [*site.getsitepackages(), str(Path(__file__).resolve().parents[2])]
    lines = [f"import site; site.addsitedir({path!r})" for path in borrowed]
    (Path(own) / "borrowed.pth").write_text("\n".join(lines) + "\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(command, check=True, timeout=120)
    return python
