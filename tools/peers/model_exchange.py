"""Do models go from Kotae to sentence-transformers and back with the same embeddings?

Trains the default model, and a tiny one of every other family, for an epoch on a few pairs and loads the folders in
sentence-transformers; lets
sentence-transformers save a model that it changed, in its newest format and, by the environment
`.peers/sentence-transformers-3`, in the one before, and loads both here. Each time the embeddings of
over 500 awkward texts (texts.py) are compared:

    .peers/sentence-transformers/bin/python tools/peers/model_exchange.py

Exits with 1 when a cosine is below 0.99999. KOTAE, KOTAE_MODELS and KOTAE_PEERS: see kotae.py and README.md.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import kotae
from texts import awkward_texts

BOUND = 0.99999
OLDER = Path(os.environ.get("KOTAE_PEERS", ".peers"), "sentence-transformers-3", "bin", "python")
FIXTURES = Path(__file__).parents[2] / "Tests" / "Fixtures" / "models"
FAMILIES = ["distilbert", "luke", "modernbert", "mpnet", "roberta"]
SAMPLE = Path(__file__).parents[2] / "indexes" / "support-faq"


def save_changed(target: str, texts_file: str, vectors_file: str) -> None:
    """Saves the default model with noise on its weights and other pooling, and embeds the texts with it."""
    import torch
    from sentence_transformers import SentenceTransformer, models

    transformer = models.Transformer(str(kotae.model_folder()), max_seq_length=100)
    pooling = models.Pooling(transformer.get_word_embedding_dimension(), pooling_mode="max")
    model = SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu",
                                prompts={"query": "ask: ", "document": ""})
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += torch.randn_like(parameter) * parameter.std().nan_to_num() * 0.05
    model.save(target)
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    np.save(vectors_file, SentenceTransformer(target, device="cpu").encode(texts).astype(np.float32))
    import sentence_transformers
    print(f"saved by sentence-transformers {sentence_transformers.__version__}: "
          f"{json.loads((Path(target) / '1_Pooling' / 'config.json').read_text())}")


def embed(folder: Path, texts: list[str], model: Path) -> np.ndarray:
    source, target = folder / "texts.jsonl", folder / "embeddings.npy"
    kotae.write_jsonl(source, texts)
    kotae.run("embed", "--input", source, "--field", "text", "--model", model, "--format", "npy", "--output", target,
              "--quiet")
    return np.load(target)


def report(what: str, mine: np.ndarray, other: np.ndarray) -> bool:
    mine, other = mine.astype(np.float64), other.astype(np.float64)
    cosines = (mine * other).sum(axis=1) / (np.linalg.norm(mine, axis=1) * np.linalg.norm(other, axis=1))
    good = bool(cosines.min() >= BOUND)
    print(f"{what}: least cosine {cosines.min():.8f} over {len(cosines)} texts (bound {BOUND}): "
          f"{'good' if good else 'MISSED'}")
    return good


def main() -> int:
    if len(sys.argv) == 5 and sys.argv[1] == "save":
        save_changed(*sys.argv[2:])
        return 0
    from sentence_transformers import SentenceTransformer

    print(kotae.versions("kotae", "sentence-transformers", "torch", "transformers", "tokenizers"))
    texts = awkward_texts()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = (SAMPLE / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "pairs.jsonl").write_text("".join(lines[:64]), encoding="utf-8")
        for name, model in [("all-MiniLM-L6-v2", kotae.model_folder()), *((name, FIXTURES / name) for name in FAMILIES)]:
            target = folder / f"trained-{name}"
            kotae.run("train", "--pairs", folder / "pairs.jsonl", "--corpus", SAMPLE / "corpus.jsonl", "--to", target,
                      "--epochs", 1, "--dev-fraction", 0, "--rate", 1e-3, "--model", model, "--quiet")
            peer = SentenceTransformer(str(target), device="cpu", model_kwargs={"dtype": "float32"})
            good &= report(f"{name}, trained here, loaded there", embed(folder, texts, target), peer.encode(texts))

        (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        for python, target in [(sys.executable, "newest"), (str(OLDER), "older")]:
            subprocess.run([python, __file__, "save", folder / target, folder / "texts.json", folder / "vectors.npy"],
                           check=True)
            good &= report(f"saved there ({target} format), loaded here", embed(folder, texts, folder / target),
                           np.load(folder / "vectors.npy"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
