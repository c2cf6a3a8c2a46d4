"""Are Kotae's embeddings those of sentence-transformers?

Embeds awkward texts (texts.py) with both and prints the smallest cosine and the largest
difference of an element, for f32 and for bf16, each against sentence-transformers in float32:

    .peers/sentence-transformers/bin/python tools/peers/equality.py

Exits with 1 when a bound is missed. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import math
import sys
import tempfile
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

import kotae
from texts import awkward_texts

# Precision: the smallest cosine and the largest difference of an element that are accepted.
BOUNDS = {"f32": (0.99999, 2e-5), "bf16": (0.9998, math.inf)}


def embed(texts: list[str], model: Path, precision: str) -> np.ndarray:
    """The embeddings that the command writes."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "texts.jsonl"), Path(folder, "embeddings.npy")
        kotae.write_jsonl(source, texts)
        kotae.run("embed", "--input", source, "--field", "text", "--model", model, "--precision", precision,
                  "--format", "npy", "--output", target, "--quiet")
        return np.load(target)


def main() -> int:
    texts = awkward_texts()
    model = kotae.model_folder()
    peer = SentenceTransformer(str(model), device="cpu", model_kwargs={"dtype": "float32"})
    reference = peer.encode(texts).astype(np.float64)
    print(kotae.versions("kotae", "sentence-transformers", "torch", "transformers", "tokenizers"))
    print(f"{len(texts)} texts, {model.name}")
    missed = 0
    for precision, (least_cosine, most_difference) in BOUNDS.items():
        found = embed(texts, model, precision).astype(np.float64)
        if found.shape != reference.shape:
            sys.exit(f"{precision}: shape {found.shape} instead of {reference.shape}")
        norms = np.linalg.norm(found, axis=1) * np.linalg.norm(reference, axis=1)
        cosines = (found * reference).sum(axis=1) / norms
        difference = np.abs(found - reference).max()
        # Written so that a NaN misses the bounds.
        good = cosines.min() >= least_cosine and difference <= most_difference
        missed += not good
        print(f"{precision}: least cosine {cosines.min():.7f} (bound {least_cosine}), "
              f"largest difference {difference:.2e} (bound {most_difference:g}): {'good' if good else 'MISSED'}")
        if not good:
            for row in np.argsort(cosines)[:5]:
                print(f"  cosine {cosines[row]:.7f}: {ascii(texts[row][:60])}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
