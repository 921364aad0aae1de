"""offline.py FOLDER NAME > ZIP: a folder as a zip that is the same whenever and wherever it is made: sorted, without times and owners."""
import sys
import zipfile
from pathlib import Path

LEFT_OUT = {".buildinfo", ".doctrees"}


def pack(folder: Path, name: str, out):
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            inside = path.relative_to(folder)
            if path.is_dir() or LEFT_OUT & set(inside.parts):
                continue
            entry = zipfile.ZipInfo(f"{name}/{inside.as_posix()}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    pack(Path(sys.argv[1]), sys.argv[2], sys.stdout.buffer)
