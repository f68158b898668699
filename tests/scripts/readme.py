"""README.md shows what the program really prints.

usage: readme.py SOURCE_DIR KAUDIT

Between the lines `<!-- output:begin -->` and `<!-- output:end -->` stands one console block; each of
its lines `$ kaudit ...` is run in the source directory, and what follows must be its output and, in
the comment behind it, its exit code. KAUDIT_UPDATE=1 rewrites the block.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

BEGIN, END = "<!-- output:begin -->\n", "<!-- output:end -->\n"
FENCE = "```"


def block_of(readme: str) -> tuple[int, int]:
    begin = readme.index(BEGIN) + len(BEGIN)
    return begin, readme.index(END, begin)


def shown(command: str, source: Path, program: str) -> str:
    arguments = shlex.split(command, comments=True)
    assert arguments[0] == "kaudit", command
    run = subprocess.run(
        [program, *arguments[1:]], cwd=source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        timeout=60, check=False, text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "100"})
    bare = command.split("#")[0].rstrip()
    return f"$ {bare}   # exit code {run.returncode}\n{run.stdout}"


def main() -> int:
    source, program = Path(sys.argv[1]), sys.argv[2]
    readme = source / "README.md"
    text = readme.read_text(encoding="utf-8")
    begin, end = block_of(text)
    commands = [line[2:] for line in text[begin:end].splitlines() if line.startswith("$ ")]
    if not commands:
        print("README.md shows no command between its output marks", file=sys.stderr)
        return 1
    body = "\n".join(shown(command, source, program).rstrip() for command in commands)
    wanted = f"{FENCE}console\n{body}\n{FENCE}\n"
    if text[begin:end] == wanted:
        return 0
    if os.environ.get("KAUDIT_UPDATE") == "1":
        readme.write_text(text[:begin] + wanted + text[end:], encoding="utf-8")
        return 0
    print("README.md does not show what the program prints (KAUDIT_UPDATE=1 rewrites it):\n"
          + wanted, file=sys.stderr)
    return 1


sys.exit(main())
