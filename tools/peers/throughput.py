"""How fast does Kotae embed texts, next to its peers?

Real tokens a second (padding does not count), tokenization included, on the same texts with the
same threads, side by side in one run whose rounds alternate between the engines; then the latency
of one warm query of 15 tokens, in alternating rounds as well. Every peer sorts by length and gets the
best of several settings, found before the rounds. Prints Markdown, or JSON:

    .peers/sentence-transformers/bin/python tools/peers/throughput.py [--json] > report.md

A full run takes some fifteen minutes on 2 idle cores; `--scale 0.05 --rounds 1` only shows that it works.
`--engines` picks some of them.
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import openvino
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

import kotae
from texts import SINGLE_QUERY, faq_questions, long_texts

ENGINES = ["kotae", "sentence-transformers", "openvino", "onnxruntime"]
BATCHES = [8, 32, 64]
SINGLE_ROUNDS = 9
Encode = Callable[[list[str]], np.ndarray]


class Graph(torch.nn.Module):
    """The transformer with mean pooling and normalization, as one graph for the other runtimes."""

    EXAMPLE = (torch.ones(2, 8, dtype=torch.long), torch.tensor([[1] * 8, [1] * 5 + [0] * 3]))

    def __init__(self, transformer: torch.nn.Module):
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


class Peers:
    """The peers, loaded once, with the settings each is tried with."""

    def __init__(self, model: Path, threads: int, engines: list[str]):
        torch.set_num_threads(threads)
        self.threads = threads
        self.model = SentenceTransformer(str(model), device="cpu", model_kwargs={"dtype": "float32"})
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.no_padding()
        graph = Graph(self.model[0].auto_model).eval()
        # (engine, precision): settings tried, by description.
        self.candidates: dict[tuple[str, str], dict[str, Encode]] = {}
        # Engine: one text at a time, in f32.
        self.single: dict[str, Encode] = {}
        if "sentence-transformers" in engines:
            self.add_sentence_transformers()
        if "openvino" in engines:
            self.add_openvino(graph)
        if "onnxruntime" in engines:
            self.add_onnxruntime(graph)

    def set_max_length(self, length: int) -> None:
        self.model.max_seq_length = length
        self.tokenizer.enable_truncation(length)

    def tokens(self, texts: list[str]) -> int:
        return sum(len(encoding) for encoding in self.tokenizer.encode_batch_fast(texts))

    def batches(self, texts: list[str], size: int) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Rows, ids and mask of batches of similar length, each padded to its longest."""
        encodings = self.tokenizer.encode_batch_fast(texts)
        order = sorted(range(len(texts)), key=lambda row: -len(encodings[row]))
        for start in range(0, len(order), size):
            rows = order[start:start + size]
            ids = np.zeros((len(rows), len(encodings[rows[0]])), dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, row in enumerate(rows):
                length = len(encodings[row])
                ids[line, :length] = encodings[row].ids
                mask[line, :length] = 1
            yield rows, ids, mask

    def add_sentence_transformers(self) -> None:
        def encode(texts: list[str], batch: int, bf16: bool) -> np.ndarray:
            with torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext():
                return self.model.encode(texts, batch_size=batch, convert_to_tensor=True).float().numpy()

        for precision in ("f32", "bf16"):
            self.candidates["sentence-transformers", precision] = {
                f"{'autocast, ' if precision == 'bf16' else ''}batch {batch}":
                    lambda texts, batch=batch, bf16=precision == "bf16": encode(texts, batch, bf16)
                for batch in (*BATCHES, 128)
            }
        self.single["sentence-transformers"] = lambda texts: encode(texts, 1, False)

    def add_openvino(self, graph: Graph) -> None:
        with warnings.catch_warnings(action="ignore"):
            model = openvino.convert_model(graph, example_input=Graph.EXAMPLE)
        core = openvino.Core()

        def encode(texts: list[str], compiled: openvino.CompiledModel, batch: int) -> np.ndarray:
            embeddings = np.empty((len(texts), compiled.output(0).partial_shape[1].get_length()), dtype=np.float32)

            def store(request: openvino.InferRequest, rows: list[int]) -> None:
                embeddings[rows] = request.get_output_tensor(0).data

            queue = openvino.AsyncInferQueue(compiled)
            queue.set_callback(store)
            for rows, ids, mask in self.batches(texts, batch):
                queue.start_async([ids, mask], rows)
            queue.wait_all()
            return embeddings

        for precision in ("f32", "bf16"):
            settings = self.candidates["openvino", precision] = {}
            for hint in ("THROUGHPUT", "LATENCY"):
                compiled = core.compile_model(model, "CPU", {
                    "PERFORMANCE_HINT": hint,
                    "INFERENCE_PRECISION_HINT": precision,
                    "INFERENCE_NUM_THREADS": self.threads,
                })
                for batch in BATCHES:
                    settings[f"{hint}, batch {batch}"] = (
                        lambda texts, compiled=compiled, batch=batch: encode(texts, compiled, batch))
                if (precision, hint) == ("f32", "LATENCY"):
                    self.single["openvino"] = lambda texts, compiled=compiled: np.concatenate(
                        [compiled([ids, mask])[0] for _, ids, mask in self.batches(texts, 1)])

    def add_onnxruntime(self, graph: Graph) -> None:
        file = io.BytesIO()
        axes = {0: "batch", 1: "length"}
        with warnings.catch_warnings(action="ignore"):
            # The older exporter: its graph runs faster here than that of dynamo=True.
            torch.onnx.export(graph, Graph.EXAMPLE, file, dynamo=False, input_names=["ids", "mask"],
                              dynamic_axes={"ids": axes, "mask": axes})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])

        def encode(texts: list[str], batch: int) -> np.ndarray:
            parts, order = [], []
            for rows, ids, mask in self.batches(texts, batch):
                parts.append(session.run(None, {"ids": ids, "mask": mask})[0])
                order += rows
            return np.concatenate(parts)[np.argsort(order)]

        self.candidates["onnxruntime", "f32"] = {
            f"batch {batch}": lambda texts, batch=batch: encode(texts, batch) for batch in BATCHES
        }
        self.single["onnxruntime"] = lambda texts: encode(texts, 1)


def seconds(encode: Encode, texts: list[str]) -> float:
    start = time.perf_counter()
    encode(texts)
    return time.perf_counter() - start


def best_setting(settings: dict[str, Encode], texts: list[str]) -> str:
    """The fastest of the settings, each after a run that warms it for these lengths."""
    def warm_seconds(name: str) -> float:
        settings[name](texts)
        return seconds(settings[name], texts)

    return min(settings, key=warm_seconds)


@contextlib.contextmanager
def text_file(texts: list[str]) -> Iterator[Path]:
    """A file with a text a line, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.txt")
        file.write_text("".join(text + "\n" for text in texts), encoding="utf-8", newline="\n")
        yield file


def bench_kotae(file: Path, precision: str, threads: int, max_length: int) -> dict:
    """One round of `kotae bench encode`, which loads and warms outside its clock."""
    return json.loads(kotae.run(
        "bench", "encode", "--input", file, "--model", kotae.MODEL, "--precision", precision, "--threads", threads,
        "--max-length", max_length, "--repeat", 1, "--json"))


def measure(name: str, texts: list[str], max_length: int, peers: Peers, with_kotae: bool, rounds: int) -> dict:
    """One workload: the samples of every engine, and each peer's least cosine with sentence-transformers in f32."""
    peers.set_max_length(max_length)
    tokens = peers.tokens(texts)
    reference = peers.model.encode(texts)
    chosen = {key: best_setting(settings, texts) for key, settings in peers.candidates.items()}
    rows = {key: {"engine": key[0], "precision": key[1], "settings": setting, "samples": [],
                  "least_cosine": float((peers.candidates[key][setting](texts) * reference).sum(axis=1).min())}
            for key, setting in chosen.items()}
    with text_file(texts) as file:
        for _ in range(rounds):
            for precision in ("f32", "bf16") if with_kotae else ():
                report = bench_kotae(file, precision, peers.threads, max_length)
                result = report["results"][0]
                if result["tokens"] != tokens:
                    sys.exit(f"{name}: kotae counts {result['tokens']} tokens, tokenizers {tokens}")
                row = {"engine": "kotae", "precision": precision, "settings": "", "samples": [], "least_cosine": None,
                       "limits": []}
                row = rows.setdefault(("kotae", precision), row)
                row["samples"].append(result["seconds"]["median"])
                row["limits"].append(result["limit_tokens_per_second"])
            for key, setting in chosen.items():
                rows[key]["samples"].append(seconds(peers.candidates[key][setting], texts))
    for row in rows.values():
        row["tokens_per_second"] = tokens / median(row["samples"])
        if "limits" in row:
            share = row["tokens_per_second"] / median(row["limits"])
            row["settings"] = f"{share:.0%} of what its matrix products alone reach"
    return {"name": name, "texts": len(texts), "tokens": tokens, "max_length": max_length,
            "engines": list(rows.values())}


def measure_single(peers: Peers, with_kotae: bool) -> dict[str, list[float]]:
    """Milliseconds of one warm query by engine: of each round the median of 200."""
    peers.set_max_length(256)
    samples: dict[str, list[float]] = {name: [] for name in (["kotae"] if with_kotae else []) + list(peers.single)}
    with text_file([SINGLE_QUERY]) as file:
        for _ in range(SINGLE_ROUNDS):
            if with_kotae:
                # Besides its throughput, which does not count here, it measures a single query.
                samples["kotae"].append(bench_kotae(file, "f32", peers.threads, 256)["single"][0]["median_ms"])
            for name, encode in peers.single.items():
                for _ in range(20):
                    encode([SINGLE_QUERY])
                samples[name].append(1000 * median(seconds(encode, [SINGLE_QUERY]) for _ in range(200)))
    return samples


def markdown(report: dict) -> str:
    lines = [f"{report['versions']}; {report['processor']}, {report['threads']} threads, "
             f"median of {report['rounds']} alternating rounds."]
    for workload in report["workloads"]:
        speeds = {(row["engine"], row["precision"]): row["tokens_per_second"] for row in workload["engines"]}
        lines += ["", f"{workload['name']}: {workload['texts']:,} texts, {workload['tokens']:,} tokens", "",
                  "| engine | precision | settings | tokens/s | slowest to fastest round | kotae is | least cosine |",
                  "|---|---|---|---:|---:|---:|---:|"]
        for row in sorted(workload["engines"], key=lambda row: (row["precision"] != "f32", -row["tokens_per_second"])):
            own = speeds.get(("kotae", row["precision"]))
            ratio = f"{own / row['tokens_per_second']:.2f} ×" if own else ""
            spread = " to ".join(f"{workload['tokens'] / limit(row['samples']):,.0f}" for limit in (max, min))
            cosine = f"{row['least_cosine']:.6f}" if row["least_cosine"] else ""
            lines.append(f"| {row['engine']} | {row['precision']} | {row['settings']} | "
                         f"{row['tokens_per_second']:,.0f} | {spread} | {ratio} | {cosine} |")
    lines += ["", f"One warm query of 15 tokens, f32, median of {SINGLE_ROUNDS} alternating rounds:", "",
              "| engine | ms | fastest to slowest round | kotae takes | fastest to slowest round |",
              "|---|---:|---:|---:|---:|"]
    own = report["single"].get("kotae")
    for name, samples in sorted(report["single"].items(), key=lambda item: median(item[1])):
        ratios = [mine / other for mine, other in zip(own, samples)] if own else []
        ratio, spread = (f"{median(ratios):.2f} ×", f"{min(ratios):.2f} to {max(ratios):.2f}") if ratios else ("", "")
        lines.append(f"| {name} | {median(samples):.2f} | {min(samples):.2f} to {max(samples):.2f} "
                     f"| {ratio} | {spread} |")
    return "\n".join(lines)


def processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "unknown processor"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scale", type=float, default=1, help="multiplies the numbers of texts (default 1)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)  # tokenizers' threads
    peers = Peers(kotae.model_folder(), options.threads, options.engines)
    with_kotae = "kotae" in options.engines
    workloads = []
    for name, texts, max_length in [
        ("FAQ questions", faq_questions(int(2000 * options.scale)), 256),
        ("texts of 128 tokens", long_texts(int(500 * options.scale), 128), 256),
        ("texts of 512 tokens", long_texts(int(125 * options.scale), 512), 512),
    ]:
        print(f"{name} ...", file=sys.stderr)
        workloads.append(measure(name, list(texts), max_length, peers, with_kotae, options.rounds))
    print("one query ...", file=sys.stderr)
    single = measure_single(peers, with_kotae)
    report = {"versions": kotae.versions(*options.engines, "torch", "transformers", "tokenizers"),
              "processor": processor(), "threads": options.threads, "rounds": options.rounds,
              "workloads": workloads, "single": single}
    print(json.dumps(report, indent=1) if options.json else markdown(report))


if __name__ == "__main__":
    main()
