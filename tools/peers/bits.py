"""Has a text the same vector, bit for bit, whatever it is embedded with?

Embeds awkward texts (texts.py) one batch a text on one thread, then 50 times in random order, with
random batch sizes, on 1 and on 2 threads, in f32 and in bf16, and counts the vectors that differ in
any bit:

    python3 tools/peers/bits.py

Exits with 1 when one does. Needs NumPy. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import random
import sys
import tempfile
from pathlib import Path

import numpy as np

import kotae
from texts import awkward_texts

ROUNDS = 50


def embed(folder: Path, texts: list[str], precision: str, threads: int, batch_tokens: int) -> np.ndarray:
    """The bits of the vectors that the command writes."""
    source, target = folder / "texts.jsonl", folder / "embeddings.npy"
    kotae.write_jsonl(source, texts)
    kotae.run("embed", "--input", source, "--field", "text", "--model", kotae.model_folder(), "--precision",
              precision, "--threads", threads, "--batch-tokens", batch_tokens, "--format", "npy", "--output", target,
              "--quiet")
    return np.load(target).view(np.uint32)


def main() -> int:
    texts = awkward_texts()
    order = random.Random(1)
    different = 0
    print(kotae.versions("kotae"), f"{len(texts)} texts, {ROUNDS} rounds", sep=", ")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for precision in ["f32", "bf16"]:
            alone = embed(folder, texts, precision, threads=1, batch_tokens=1)
            for threads in [1, 2]:
                found = 0
                for _ in range(ROUNDS):
                    members = order.choices(range(len(texts)), k=order.randint(1, len(texts)))
                    vectors = embed(folder, [texts[member] for member in members], precision, threads,
                                    batch_tokens=order.randint(1, 2000))
                    found += int((vectors != alone[members]).any(axis=1).sum())
                print(f"{precision}, threads {threads}: {found} vectors differ")
                different += found
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
