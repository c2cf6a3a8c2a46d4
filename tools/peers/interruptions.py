"""Does a training that is killed again and again end with the same weights?

Trains the default model for a short while on pairs of the sample FAQ, once whole, and once killed with
SIGKILL at 20 random moments (or --kills) and resumed each time, and compares the weights and the log
byte by byte:

    python3 tools/peers/interruptions.py [--kills 20] [--pairs 1200]

A moment may be as late as a start needs to train a little and keep it, which the second checkpoint of the
whole run tells, and half a kill's share of the training beyond that: so some kills come before a new
checkpoint and some after it. Exits with 1 when a byte differs, when the training got to its end before
the last kill, or when fewer than a quarter of the kills left a checkpoint of their own. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae

SAMPLE = Path(__file__).parents[2] / "indexes" / "support-faq"


def command(folder: Path, pairs: Path, to: str) -> list[str]:
    return [kotae.COMMAND, "train", "--model", str(kotae.model_folder()), "--pairs", str(pairs), "--corpus",
            str(SAMPLE / "corpus.jsonl"), "--dev", str(SAMPLE / "dev.jsonl"), "--allow-overlap", "--to",
            str(folder / to), "--epochs", "2", "--checkpoint-seconds", "0.5", "--max-length", "32", "--quiet"]


def checkpoint(partial: Path) -> tuple[int, int] | None:
    """What tells one checkpoint from another."""
    try:
        found = (partial / "checkpoint.safetensors").stat()
        return found.st_ino, found.st_mtime_ns
    except OSError:
        return None


def uninterrupted(folder: Path, pairs: Path) -> tuple[float, float]:
    """Seconds to the second checkpoint, the first one being of nothing learned yet, and to the end."""
    start = time.perf_counter()
    kept: list[tuple[int, int]] = []
    second = None
    with subprocess.Popen(command(folder, pairs, "whole"), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            found = checkpoint(folder / "whole.partial")
            if found and found not in kept:
                kept.append(found)
                if len(kept) == 2:
                    second = time.perf_counter() - start
            time.sleep(0.01)
    whole = time.perf_counter() - start
    if process.returncode != 0 or second is None:
        sys.exit(f"the training ended with {process.returncode} and {len(kept)} checkpoints; give it more --pairs")
    return second, whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=1200)
    options = parser.parse_args()
    print(kotae.versions("kotae"))
    moments = random.Random(20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = folder / "pairs.jsonl"
        lines = (SAMPLE / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        pairs.write_text("".join(lines[:options.pairs]), encoding="utf-8")

        second, whole = uninterrupted(folder, pairs)
        print(f"uninterrupted: {whole:.1f} s, the second checkpoint after {second:.1f} s")

        kills, states = 0, set()
        while kills < options.kills:
            process = subprocess.Popen([*command(folder, pairs, "killed"), "--resume"], stdout=subprocess.DEVNULL)
            try:
                if process.wait(timeout=moments.uniform(0, second + whole / options.kills / 2)) != 0:
                    sys.exit(f"the resumed training failed with {process.returncode}")
                sys.exit(f"it reached its end after {kills} kills; give it more --pairs")
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                states.add(checkpoint(folder / "killed.partial"))
        subprocess.run([*command(folder, pairs, "killed"), "--resume"], check=True, stdout=subprocess.DEVNULL)
        differ = [file for file in ("model.safetensors", "training/log.jsonl")
                  if (folder / "whole" / file).read_bytes() != (folder / "killed" / file).read_bytes()]
    print(f"{kills} kills, {len(states - {None})} different checkpoints resumed from: "
          f"{'differs: ' + ', '.join(differ) if differ else 'the same bytes'}")
    return 1 if differ or len(states - {None}) < kills / 4 else 0


if __name__ == "__main__":
    sys.exit(main())
