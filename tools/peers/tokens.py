"""Are Kotae's token ids those of Hugging Face tokenizers?

Tokenizes awkward texts, random lines and lines that hold every code point of Unicode (texts.py)
with both, and compares the ids after the cut at the model's longest length:

    .peers/sentence-transformers/bin/python tools/peers/tokens.py [--lines 20000] [--seed 1]

Exits with 1 on any difference. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tokenizers import Encoding, Tokenizer

import kotae
from texts import awkward_texts, code_point_lines, random_lines


def peer_tokenizer(model: Path) -> Tokenizer:
    """The tokenizer as sentence-transformers sets it up.

    The truncation and padding stored in tokenizer.json give way to the length of
    sentence_bert_config.json, which counts special tokens: the last one stays after a cut.
    """
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(json.loads((model / "sentence_bert_config.json").read_text())["max_seq_length"])
    return tokenizer


def kotae_lines(texts: list[str], model: Path) -> list[dict]:
    """What `kotae tokenize` says of every text: ids, tokens, and truncated, 0 when nothing was cut."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "texts.jsonl")
        kotae.write_jsonl(source, texts)
        return kotae.read_jsonl(kotae.run("tokenize", "--input", source, "--field", "text", "--json", "--model", model))


def agree(expected: Encoding, found: dict) -> bool:
    return expected.ids == found["ids"] and bool(expected.overflowing) == bool(found["truncated"])


def show(text: str, expected: Encoding, found: dict) -> None:
    """Where the ids part, with the code points around."""
    pairs = enumerate(zip(expected.ids, found["ids"]))
    place = next((i for i, (a, b) in pairs if a != b), min(len(expected.ids), len(found["ids"])))
    around = slice(max(0, place - 1), place + 4)
    agreed = max((end for _, end in expected.offsets[:place]), default=0)
    context = text[max(0, agreed - 4):agreed + 12]
    print(f"  {len(text)} characters, at {agreed}:", *(f"U+{ord(character):04X}" for character in context))
    for name, tokens, ids, cut in [
        ("tokenizers", expected.tokens, expected.ids, bool(expected.overflowing)),
        ("kotae", found["tokens"], found["ids"], found["truncated"]),
    ]:
        print(f"    {name}: token {around.start} on {ids[around]} {ascii(tokens[around])}, of {len(ids)}, truncated {cut}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=20_000, help="how many random lines (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the random lines (default 1)")
    options = parser.parse_args()
    model = kotae.model_folder()
    tokenizer = peer_tokenizer(model)
    print(kotae.versions("kotae", "tokenizers"))
    different = 0
    for name, texts in {
        "awkward texts": awkward_texts(),
        "random lines": list(random_lines(options.lines, options.seed)),
        "lines of every code point": list(code_point_lines()),
    }.items():
        expected = tokenizer.encode_batch(texts)
        found = kotae_lines(texts, model)
        if len(found) != len(texts):
            sys.exit(f"{name}: {len(found)} results for {len(texts)} texts")
        wrong = [row for row in range(len(texts)) if not agree(expected[row], found[row])]
        print(f"{name}: {len(texts)}, different: {len(wrong)}")
        for row in wrong[:5]:
            show(texts[row], expected[row], found[row])
        different += len(wrong)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
