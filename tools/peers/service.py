"""Starts services for the scripts that ask them, and tells what their processes hold."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import kotae
import texts


def start(command: list, url: str, log: Path | None = None) -> subprocess.Popen:
    """Starts a service and waits until it answers at a URL; ends the script when it does not."""
    with open(log or os.devnull, "ab") as output:
        process = subprocess.Popen(list(map(str, command)), stdout=output, stderr=output)
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return process
        except OSError:
            if process.poll() is not None:
                sys.exit(f"{' '.join(map(str, command))}: ended with {process.returncode}")
            time.sleep(0.1)
    process.kill()
    sys.exit(f"{' '.join(map(str, command))}: does not answer at {url}")


def stop(process: subprocess.Popen) -> int:
    """Asks a service to stop, waits, and returns its exit status."""
    process.terminate()
    return process.wait()


def own_memory(pid: int) -> float:
    """MiB of a process's own pages, without those of mapped files, which the system takes back at need."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def question_documents(count: int) -> list[dict]:
    """Documents of questions made from a seed, each of another text, with ids from 0 on."""
    return [{"id": str(number), "question": f"{question} ({number})", "answer": f"Answer {number}."}
            for number, question in enumerate(texts.faq_questions(count))]


def build_index(folder: Path, documents: list[dict]) -> None:
    """Builds an index folder by `kotae index build`, in place of one that is there."""
    corpus = folder.with_suffix(".jsonl")
    with corpus.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    kotae.run("index", "build", folder, "--corpus", corpus, "--quiet")
