"""pdf.py PAGE PDF: print a book that was built as one page, with the browser. What is folded on the screen is open on paper."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MINUTES = 5


def browser():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or sys.exit("pdf.py: no browser; `make setup` installs chromium")


def print_page(page: Path, pdf: Path):
    text = page.read_text("utf-8").replace("<details ", "<details open ")
    paper = page.with_name("paper.html")
    paper.write_text(text, "utf-8")
    pdf.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        subprocess.run([browser(), "--headless", *root, "--disable-gpu", f"--user-data-dir={profile}", "--no-pdf-header-footer",
                        f"--print-to-pdf={pdf.resolve()}", paper.resolve().as_uri()],
                       check=True, timeout=MINUTES * 60, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not pdf.is_file() or pdf.read_bytes()[:5] != b"%PDF-":
        sys.exit(f"pdf.py: the browser left no {pdf}")


if __name__ == "__main__":
    print_page(Path(sys.argv[1]), Path(sys.argv[2]))
