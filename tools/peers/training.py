"""How fast does Kotae train, next to sentence-transformers' trainer, and in how much memory?

The same pairs (12 and 40 words), batches of 32 pairs, dropout and maximum length; the
Batch-Softmax Contrastive loss in both directions, which sentence-transformers calls
MultipleNegativesRankingLoss(directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction").
Real tokens a second over one epoch, tokenization, forward, backward and optimizer included; each run is
a process of its own, and rounds alternate:

    .peers/sentence-transformers/bin/python tools/peers/training.py [--rounds 3] [--batches 20]

The peak of resident memory is the kernel's account of each process (VmHWM), which includes Python and
PyTorch, and a checkpoint of Kotae's.
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import kotae
from texts import long_texts

BATCH = 32


def write_pairs(path: Path, batches: int) -> None:
    """Pairs of a short and a long text, all different."""
    queries = [" ".join(text.split()[:12]) for text in long_texts(batches * BATCH, 40)]
    passages = [" ".join(text.split()[:40]) for text in long_texts(batches * BATCH + 7, 80)][7:]
    with path.open("w", encoding="utf-8") as file:
        for query, passage in zip(queries, passages):
            file.write(json.dumps({"query": query, "positive": passage}) + "\n")


def peak_memory(process: str) -> int:
    """VmHWM in bytes, 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def watched(*arguments: object) -> tuple[bytes, int]:
    """What `kotae` prints, and the peak of its memory in bytes."""
    process = subprocess.Popen([kotae.COMMAND, *map(str, arguments)], stdout=subprocess.PIPE)
    memory = 0
    while process.poll() is None:
        memory = max(memory, peak_memory(str(process.pid)))
        time.sleep(0.01)
    if process.returncode != 0:
        sys.exit(f"{kotae.COMMAND} failed")
    return process.stdout.read(), memory


def run_sentence_transformers(pairs: Path, precision: str, threads: int) -> dict:
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers import SentenceTransformerTrainingArguments as Arguments
    from sentence_transformers.sentence_transformer import losses

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(kotae.model_folder()), device="cpu", model_kwargs={"dtype": "float32"})
    rows = [json.loads(line) for line in pairs.read_text(encoding="utf-8").splitlines()]
    data = Dataset.from_dict({"anchor": [row["query"] for row in rows], "positive": [row["positive"] for row in rows]})
    loss = losses.MultipleNegativesRankingLoss(
        model, scale=20, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction")
    with tempfile.TemporaryDirectory() as folder:
        arguments = Arguments(
            output_dir=folder, per_device_train_batch_size=BATCH, num_train_epochs=1, learning_rate=2e-5,
            warmup_steps=0.1, bf16=precision == "bf16", use_cpu=True, save_strategy="no", report_to="none",
            disable_tqdm=True, logging_strategy="no", dataloader_drop_last=False, optim="adamw_torch")
        trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss)
        start = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - start
    tokens = sum(len(ids) for column in ("anchor", "positive")
                 for ids in model.tokenizer(list(data[column]), truncation=True, max_length=256)["input_ids"])
    return {"tokens": tokens, "seconds": seconds, "memory": peak_memory("self")}


def run_kotae(pairs: Path, precision: str, threads: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        printed, memory = watched(
            "train", "--pairs", pairs, "--to", Path(folder, "model"), "--model", kotae.model_folder(), "--precision",
            precision, "--threads", threads, "--batch-size", BATCH, "--policy", "random", "--epochs", 1,
            "--dev-fraction", 0, "--json", "--quiet")
        result = json.loads(printed)
        return {"tokens": result["tokens"], "seconds": result["seconds"], "memory": memory}


ENGINES = {"kotae": run_kotae, "sentence-transformers": run_sentence_transformers}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        engine, precision, pairs = options.run
        print(json.dumps(ENGINES[engine](Path(pairs), precision, options.threads)))
        return
    runs: dict[tuple[str, str], list[dict]] = {}
    with tempfile.TemporaryDirectory() as folder:
        pairs = Path(folder, "pairs.jsonl")
        write_pairs(pairs, options.batches)
        for _ in range(options.rounds):
            for precision in ("f32", "bf16"):
                for engine in ENGINES:
                    output = subprocess.run(
                        [sys.executable, __file__, "--threads", str(options.threads), "--run", engine, precision, pairs],
                        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
                    runs.setdefault((engine, precision), []).append(json.loads(output.splitlines()[-1]))
    tokens = {run["tokens"] for found in runs.values() for run in found}
    if len(tokens) != 1:
        sys.exit(f"the engines count different tokens: {tokens}")
    print(f"{kotae.versions('kotae', 'sentence-transformers', 'torch', 'transformers', 'accelerate')}; "
          f"{options.threads} threads, {options.batches} batches of {BATCH} pairs, {tokens.pop():,} tokens, "
          f"median of {options.rounds} alternating rounds\n")
    print("| engine | precision | tokens/s | slowest to fastest round | kotae is | peak memory, MiB |")
    print("|---|---|---:|---:|---:|---:|")
    for precision in ("f32", "bf16"):
        speeds = {engine: sorted(run["tokens"] / run["seconds"] for run in runs[engine, precision]) for engine in ENGINES}
        for engine, found in speeds.items():
            ratio = median(speeds["kotae"]) / median(found)
            memory = max(run["memory"] for run in runs[engine, precision]) / 2**20
            print(f"| {engine} | {precision} | {median(found):,.0f} | {found[0]:,.0f} to {found[-1]:,.0f} | "
                  f"{ratio:.2f} × | {memory:,.0f} |")


if __name__ == "__main__":
    main()
