"""Does `kotae embed` need more memory for a longer file?

Embeds a short and a long file of short, different lines and prints the peak resident memory of
each run and their ratio; near 1 when the input is read and the output written as a stream:

    python3 tools/peers/memory.py [--lines 10000 1000000] [--precision bf16]

The files, about 1.6 KB a line with the output, go to the temporary folder ($TMPDIR).
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae
from texts import faq_questions


def peak_memory(lines: int, model: Path, precision: str) -> tuple[int, float]:
    """Bytes at the peak, and seconds, of embedding `lines` lines."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "lines.txt")
        with source.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{question} {number}\n" for number, question in enumerate(faq_questions(lines)))
        start = time.perf_counter()
        child = subprocess.Popen([kotae.COMMAND, "embed", "--input", source, "--model", model,
                                  "--precision", precision, "--format", "npy", "--output", Path(folder, "embeddings.npy"), "--quiet"])
        # wait4 gives this child's own peak; getrusage would give the largest of all children.
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            sys.exit(f"{kotae.COMMAND} failed with {os.waitstatus_to_exitcode(status)}")
        return usage.ru_maxrss * 1024, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, nargs=2, default=[10_000, 1_000_000], metavar=("FEW", "MANY"))
    parser.add_argument("--precision", default="f32")
    options = parser.parse_args()
    model = kotae.model_folder()
    print(kotae.versions("kotae"))
    peaks = []
    for lines in options.lines:
        peak, seconds = peak_memory(lines, model, options.precision)
        peaks.append(peak)
        print(f"{lines:>9,} lines: {peak / 2**20:,.1f} MiB at the peak, {seconds:,.1f} s")
    print(f"ratio: {peaks[1] / peaks[0]:.3f}")


if __name__ == "__main__":
    main()
