"""The rows of quality.py that sentence-transformers has, trained by its trainer.

The same pairs, negatives, sizes, rates, schedule and optimizer as Kotae's rows, bf16 autocast, batches
of random order. `bsc-random` is MultipleNegativesRankingLoss in both directions, `mse`
CosineSimilarityLoss, `triplet` TripletLoss on cosine distance. The last weights are scored as
quality.py scores models, and appended to the same results:

    .peers/sentence-transformers/bin/python tools/peers/quality_peer.py --data DATA [--sets snopes ...] \\
        [--rows bsc-random ...] [--seeds 3] [--threads 2] [--results FILE]
"""

import argparse
import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers import SentenceTransformerTrainingArguments as Arguments
from sentence_transformers.sentence_transformer import losses

import kotae
import quality
import quality_data
from quality_data import Pair, Task

ROWS = ("bsc-random", "mse", "triplet")


def settings(row: str) -> dict[str, str]:
    """The row's options of kotae train, by name."""
    options = quality.ROWS[row][0]
    return dict(zip((option.removeprefix("--") for option in options[::2]), options[1::2]))


def columns(pairs: list[Pair], row: str) -> dict[str, list]:
    if row == "mse":
        targets = [float(pair.get("label", pair.get("score", 1))) for pair in pairs]
        low, high = min(targets), max(targets)
        return {"anchor": [pair["query"] for pair in pairs], "positive": [pair["positive"] for pair in pairs],
                "score": [(target - low) / (high - low) for target in targets]}
    pairs = [pair for pair in pairs if pair.get("label", 1) and (row != "triplet" or pair.get("negatives"))]
    found = {"anchor": [pair["query"] for pair in pairs], "positive": [pair["positive"] for pair in pairs]}
    return found | ({"negative": [pair["negatives"][0] for pair in pairs]} if row == "triplet" else {})


def make_loss(row: str, model: SentenceTransformer, temperature: float) -> torch.nn.Module:
    if row == "mse":
        return losses.CosineSimilarityLoss(model)
    if row == "triplet":
        return losses.TripletLoss(
            model, distance_metric=losses.TripletDistanceMetric.COSINE, triplet_margin=0.3)
    return losses.MultipleNegativesRankingLoss(
        model, scale=1 / temperature, directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction")


def train(task: Task, row: str, seed: int, folder: Path) -> Path:
    options = settings(row)
    pairs = quality.training_pairs(task, quality.ROWS[row][1], True)
    model = SentenceTransformer(str(kotae.model_folder()), device="cpu", model_kwargs={"dtype": "float32"})
    model.max_seq_length = int(options["max-length"])
    arguments = Arguments(
        output_dir=str(folder / "trainer"), per_device_train_batch_size=int(options["batch-size"]),
        num_train_epochs=int(options["epochs"]), learning_rate=float(options["rate"]), warmup_steps=0.1,
        weight_decay=0.01, adam_epsilon=1e-6, max_grad_norm=1, seed=seed, bf16=True, use_cpu=True,
        save_strategy="no", report_to="none", disable_tqdm=True, logging_strategy="no", optim="adamw_torch")
    SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=Dataset.from_dict(columns(pairs, row)),
        loss=make_loss(row, model, float(options["temperature"]))).train()
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=quality_data.NAMES, default=list(quality_data.NAMES))
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--results", type=Path, default=quality.RESULTS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name in options.sets:
        task = quality_data.load(name, options.data)
        for row in options.rows:
            label = f"{row} (sentence-transformers)"
            for seed in range(1, options.seeds + 1):
                if (name, label, seed) in quality.known(options.results):
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    model = train(task, row, seed, Path(folder))
                    values = quality.score(model, task, Path(folder), options.threads)
                quality.append(options.results, {"set": name, "row": label, "seed": seed, "values": values})


if __name__ == "__main__":
    main()
