"""Does training from nothing work in Japanese?

Makes a small BERT with random weights and a Unigram tokenizer of 8,000 pieces, learnt from a quarter of
JaQuAD's paragraphs; trains it on 5,000 questions and the paragraphs that answer them; prints loss and MRR over 500 other
questions after each epoch, and then what BM25, the model before and after, and their fusions find among all
8,431 paragraphs for 1,000 questions of the development part, which the training has not seen.

    .peers/tokenizers/bin/python tools/peers/japanese_training.py DATA [--work FOLDER] [-- OPTIONS OF kotae train]

DATA: the folder in which jaquad/ is. Exits with 1 unless the loss falls and the MRR rises. KOTAE: see kotae.py.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import kotae

PIECES, WIDTH, LAYERS, HEADS, POSITIONS, LENGTH = 8000, 128, 2, 4, 256, 128
SETTINGS = ["--policy", "random", "--batch-size", "64", "--rate", "1e-3", "--epochs", "8", "--patience", "0"]


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def pairs(folder: Path, count: int) -> list[dict]:
    """The first questions, each with every paragraph that answers it."""
    answers: dict[str, list[str]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines():
        query, _, document, relevance = line.split("\t")
        if int(relevance) > 0:
            answers.setdefault(query, []).append(document)
    # One of four, so that they come from many articles.
    queries = read(folder / "queries.jsonl")
    step = max(1, len(queries) // count)
    return [{"query": query["text"], "docid": answers[query["id"]]} for query in queries[::step][:count]]


def write_tokenizer(folder: Path, texts: list[str]) -> None:
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(texts, trainers.UnigramTrainer(
        vocab_size=PIECES, special_tokens=special, unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")])
    tokenizer.save(str(folder / "tokenizer.json"))


def write_model(folder: Path) -> None:
    """A BERT of random weights, as BERT's own initialization has them, with mean pooling."""
    random = numpy.random.default_rng(1)
    tensors: dict[str, numpy.ndarray] = {}

    def weight(name: str, *shape: int) -> None:
        tensors[name] = random.normal(0, 0.02, shape).astype(numpy.float32)

    def linear(name: str, inputs: int, outputs: int) -> None:
        weight(f"{name}.weight", outputs, inputs)
        tensors[f"{name}.bias"] = numpy.zeros(outputs, numpy.float32)

    def norm(name: str) -> None:
        tensors[f"{name}.weight"] = numpy.ones(WIDTH, numpy.float32)
        tensors[f"{name}.bias"] = numpy.zeros(WIDTH, numpy.float32)

    weight("embeddings.word_embeddings.weight", PIECES, WIDTH)
    weight("embeddings.position_embeddings.weight", POSITIONS, WIDTH)
    weight("embeddings.token_type_embeddings.weight", 2, WIDTH)
    norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            linear(f"{name}.attention.self.{part}", WIDTH, WIDTH)
        linear(f"{name}.attention.output.dense", WIDTH, WIDTH)
        norm(f"{name}.attention.output.LayerNorm")
        linear(f"{name}.intermediate.dense", WIDTH, 4 * WIDTH)
        linear(f"{name}.output.dense", 4 * WIDTH, WIDTH)
        norm(f"{name}.output.LayerNorm")
    save_file(tensors, folder / "model.safetensors")
    settings = {
        "config.json": {
            "architectures": ["BertModel"], "model_type": "bert", "vocab_size": PIECES, "hidden_size": WIDTH,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": 4 * WIDTH,
            "max_position_embeddings": POSITIONS, "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "pad_token_id": 1},
        "sentence_bert_config.json": {"max_seq_length": LENGTH, "do_lower_case": False},
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, (path, kind) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling")])],
        "1_Pooling/config.json": {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True},
    }
    for name, value in settings.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(value, indent=2))


def curves(log: Path) -> tuple[list[float], list[float]]:
    """The mean loss of each epoch, and the score before the first and after each."""
    losses: dict[int, list[float]] = {}
    scores = []
    for line in read(log):
        if "loss" in line:
            losses.setdefault(line["epoch"], []).append(line["loss"])
        elif "score" in line:
            scores.append(line["score"])
    return [sum(epoch) / len(epoch) for epoch in losses.values()], scores


def main() -> int:
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args(arguments[:end])
    print(kotae.versions("kotae"))
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        shutil.rmtree(work / "model", ignore_errors=True)
        (work / "model").mkdir(parents=True)
        jaquad = options.data / "jaquad"
        write_tokenizer(work / "model", [document["text"] for document in read(jaquad / "corpus.jsonl")[::4]])
        write_model(work / "model")
        learned = pairs(jaquad / "train", 5500)
        parts = {"train": learned[:5000], "dev": learned[5000:], "test": pairs(jaquad / "dev", 1000)}
        for name, part in parts.items():
            (work / f"{name}.jsonl").write_text("".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in part))
        corpus = ["--corpus", jaquad / "corpus.jsonl"]
        kotae.run("train", "--model", work / "model", "--pairs", work / "train.jsonl", "--dev", work / "dev.jsonl",
                  *corpus, "--to", work / "trained", "--metric", "mrr", "--overwrite", "--quiet", *SETTINGS,
                  *arguments[end + 1:])
        losses, scores = curves(work / "trained/training/log.jsonl")
        print("| epoch | loss | MRR |\n|---:|---:|---:|")
        for epoch, score in enumerate(scores):
            print(f"| {epoch} | {losses[epoch - 1]:.3f} | {score:.3f} |" if epoch else f"| 0 | | {score:.3f} |")
        found = kotae.run("compare", work / "model", work / "trained", "--pairs", work / "test.jsonl", *corpus).decode()
        print("\n" + found.partition("\nWhat ")[0])
    return 0 if losses[-1] < losses[0] and scores[-1] > scores[0] else 1


if __name__ == "__main__":
    sys.exit(main())
