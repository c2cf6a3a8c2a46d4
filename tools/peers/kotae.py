"""The kotae command and the model folder that the comparisons use.

KOTAE         the command (default .build/release/kotae)
KOTAE_MODELS  where model folders are (default ~/.local/share/kotae/models)
KOTAE_MODEL   the folder of the model to measure with (default: all-MiniLM-L6-v2 among those)
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version as package_version
from pathlib import Path

COMMAND = os.environ.get("KOTAE", ".build/release/kotae")
MODELS = Path(os.environ.get("KOTAE_MODELS", "~/.local/share/kotae/models")).expanduser()
MODEL = Path(os.environ.get("KOTAE_MODEL", MODELS / "all-MiniLM-L6-v2"))


def run(*arguments: object) -> bytes:
    """What the command writes to standard output; ends the script with its message when it fails."""
    try:
        return subprocess.run([COMMAND, *map(str, arguments)], check=True, stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        sys.exit(f"{COMMAND}: no such command; build it or set KOTAE")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}")


def model_folder() -> Path:
    """The default model's folder."""
    if not (MODEL / "modules.json").exists():
        sys.exit(f"{MODEL}: no sentence-transformers folder; put the model there or set KOTAE_MODELS or KOTAE_MODEL")
    return MODEL


def write_jsonl(path: Path, texts: Iterable[str]) -> None:
    """One {"text": ...} a line: unlike plain lines, these can hold CR and LF. For `--field text`."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


def read_jsonl(output: bytes) -> list[dict]:
    """The objects of JSON Lines, which end at LF only."""
    return [json.loads(line) for line in output.split(b"\n") if line]


def versions(*names: str) -> str:
    """The versions compared, on one line: "kotae" asks the command, other names are Python packages."""
    return ", ".join(f"{name} {run('--version').decode().strip() if name == 'kotae' else package_version(name)}"
                     for name in names)
