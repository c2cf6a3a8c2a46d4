"""How much memory does a training take with large batches?

One epoch on the sample FAQ at each size of batch, and the peak of resident memory by the kernel's account
(VmHWM). Beyond --chunk-tokens a batch is embedded in portions, so that memory stops growing while the
gradients stay those of the whole batch, which the tests compare.

    python3 tools/peers/training_memory.py [--sizes 64 256 1024] [--precision bf16]

KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import tempfile
from pathlib import Path

import kotae
from training import watched

SAMPLE = Path(__file__).parents[2] / "indexes" / "support-faq"


def peak(size: int, precision: str) -> float:
    """MiB of one epoch with batches of this many pairs."""
    with tempfile.TemporaryDirectory() as folder:
        _, memory = watched(
            "train", "--model", kotae.model_folder(), "--pairs", SAMPLE / "train.jsonl", "--corpus",
            SAMPLE / "corpus.jsonl", "--dev-fraction", 0, "--policy", "random", "--epochs", 1, "--batch-size", size,
            "--precision", precision, "--to", Path(folder, "model"), "--quiet")
        return memory / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 256, 1024])
    parser.add_argument("--precision", default="bf16", choices=["f32", "bf16"])
    options = parser.parse_args()
    print(f"{kotae.versions('kotae')}, {options.precision}\n")
    print("| pairs a batch | peak memory, MiB |")
    print("|---:|---:|")
    for size in options.sizes:
        print(f"| {size:,} | {peak(size, options.precision):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
