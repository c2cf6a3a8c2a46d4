"""Are the ids of Unigram, BPE and Japanese WordPiece tokenizers those of Hugging Face?

Trains tokenizers of 8,000 pieces on the Japanese text of JaQuAD, by SentencePiece and by tokenizers, and
compares the ids of Kotae with those of transformers over all of that text, over awkward texts, random lines
and every code point of Unicode (texts.py); and how fast each reads JaQuAD on one thread, the ids alone, as the median
of five readings after one that does not count. Then the same with the words of MeCab by ipadic and unidic_lite, if
`tools/mecab-dictionary` has put them there.

    .peers/tokenizers/bin/python tools/peers/subwords.py DATA [--lines 20000] [--only NAME …]

DATA: the folder in which jaquad/ is. Exits with 1 on any difference. KOTAE: see kotae.py.
"""

import argparse
import collections
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import sentencepiece
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import kotae
from texts import awkward_texts, code_point_lines, random_lines

PIECES, SPECIAL = 8000, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
# Of a model of which only the tokenizer is used.
CONFIGURATION = {
    "model_type": "bert", "vocab_size": 1 << 16, "hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 4,
    "intermediate_size": 96, "max_position_embeddings": 1 << 20, "type_vocab_size": 2, "hidden_act": "gelu",
    "layer_norm_eps": 1e-12}
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def jaquad(data: Path) -> list[str]:
    """Its paragraphs, a line each, and its questions."""
    found: dict[str, None] = {}
    for name in ("corpus.jsonl", "train/queries.jsonl", "dev/queries.jsonl"):
        for line in (data / "jaquad" / name).read_text().splitlines():
            found |= dict.fromkeys(text for text in json.loads(line)["text"].split("\n") if text)
    return list(found)


def trained_by_sentencepiece(folder: Path, texts: list[str], kind: str, **options) -> Path:
    path = folder / "model"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_prefix=str(path), vocab_size=PIECES, model_type=kind, minloglevel=2,
        max_sentence_length=1 << 16, **options)
    (folder / "model.vocab").unlink()
    return path.with_suffix(".model")


def sentencepiece_unigram(folder: Path, texts: list[str]):
    """The file of SentencePiece alone."""
    trained_by_sentencepiece(folder, texts, "unigram").rename(folder / "sentencepiece.bpe.model")
    settings = {"tokenizer_class": "XLMRobertaTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return transformers.XLMRobertaTokenizer.from_pretrained(folder)


def sentencepiece_unigram_converted(folder: Path, texts: list[str]):
    """What transformers makes of that file."""
    tokenizer = sentencepiece_unigram(folder, texts)
    (folder / "sentencepiece.bpe.model").unlink()
    tokenizer.save_pretrained(folder)
    return tokenizer


def sentencepiece_bpe(folder: Path, texts: list[str]):
    path = trained_by_sentencepiece(folder, texts, "bpe", byte_fallback=True)
    tokenizer = transformers.LlamaTokenizer.from_pretrained(path.rename(folder / "tokenizer.model").parent)
    tokenizer.save_pretrained(folder)
    return tokenizer


def trained_by_tokenizers(folder: Path, texts: list[str], tokenizer: Tokenizer, trainer):
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")])
    tokenizer.save(str(folder / "tokenizer.json"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer)


def tokenizers_unigram(folder: Path, texts: list[str]):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return trained_by_tokenizers(folder, texts, tokenizer, trainers.UnigramTrainer(
        vocab_size=PIECES, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False))


def tokenizers_bpe(folder: Path, texts: list[str]):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return trained_by_tokenizers(folder, texts, tokenizer, trainers.BpeTrainer(
        vocab_size=PIECES, special_tokens=SPECIAL, limit_alphabet=3000, show_progress=False))


def tokenizers_byte_level(folder: Path, texts: list[str]):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return trained_by_tokenizers(folder, texts, tokenizer, trainers.BpeTrainer(
        vocab_size=PIECES, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))


def japanese_bert(folder: Path, texts: list[str], dictionary: str, unit: str):
    """The commonest words and characters as a vocabulary."""
    words = transformers.models.bert_japanese.tokenization_bert_japanese.MecabTokenizer(mecab_dic=dictionary)
    counts = collections.Counter(word for text in texts[::4] for word in words.tokenize(text))
    characters = collections.Counter(character for word in counts for character in word)
    known = [word for word, _ in counts.most_common(PIECES // 2)]
    letters = [character for character, _ in characters.most_common(PIECES // 4)]
    vocabulary = dict.fromkeys([*BERT_SPECIAL, *known, *letters, *("##" + letter for letter in letters)])
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in vocabulary if not any(c in token for c in "\r\n")))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "BertJapaneseTokenizer", "do_lower_case": False, "word_tokenizer_type": "mecab",
        "subword_tokenizer_type": unit, "mecab_kwargs": {"mecab_dic": dictionary}}))
    return transformers.BertJapaneseTokenizer.from_pretrained(folder)


TOKENIZERS = {
    "sentencepiece-unigram": sentencepiece_unigram,
    "sentencepiece-unigram-converted": sentencepiece_unigram_converted,
    "sentencepiece-bpe": sentencepiece_bpe,
    "tokenizers-unigram": tokenizers_unigram,
    "tokenizers-bpe": tokenizers_bpe,
    "tokenizers-byte-level": tokenizers_byte_level,
    "ipadic": lambda folder, texts: japanese_bert(folder, texts, "ipadic", "wordpiece"),
    "unidic_lite": lambda folder, texts: japanese_bert(folder, texts, "unidic_lite", "wordpiece"),
    "unidic_lite-characters": lambda folder, texts: japanese_bert(folder, texts, "unidic_lite", "character"),
}


def compare(name: str, what: str, tokenizer, folder: Path, texts: list[str]) -> int:
    """How many texts have other ids."""
    source = folder / "texts.jsonl"
    kotae.write_jsonl(source, texts)
    expected = tokenizer(texts)["input_ids"]
    found = kotae.read_jsonl(kotae.run("tokenize", "--input", source, "--field", "text", "--json", "--model", folder,
                                       "--max-length", 1 << 20))
    if len(found) != len(texts):
        sys.exit(f"{name}: {len(found)} results for {len(texts)} texts")
    wrong = [row for row in range(len(texts)) if expected[row] != found[row]["ids"]]
    print(f"{name}, {what}: {len(texts)} texts, {sum(map(len, expected)):,} tokens, different: {len(wrong)}", flush=True)
    for row in wrong[:3]:
        ids = found[row]["ids"]
        place = next((i for i, (a, b) in enumerate(zip(expected[row], ids)) if a != b), 0)
        print(f"  {texts[row][:80]!r}: token {place} on {expected[row][place:place + 5]}, Kotae {ids[place:place + 5]}")
    return len(wrong)


def race(name: str, tokenizer, folder: Path, texts: list[str]) -> None:
    """The time of reading all texts: ours, and theirs without what Python adds where that can be had."""
    source = folder / "texts.jsonl"
    kotae.write_jsonl(source, texts)
    ours = json.loads(kotae.run("bench", "tokenize", "--input", source, "--field", "text", "--json", "--model", folder))
    fast = getattr(tokenizer, "backend_tokenizer", None)
    read = (lambda: fast.encode_batch_fast(texts)) if fast else (lambda: tokenizer(texts))
    seconds = []
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    for _ in range(6 if fast else 2):
        start = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - start)
    # Training without it would take minutes.
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    theirs, mine = statistics.median(seconds[1:]), ours["seconds"]["median"]
    print(f"{name}, JaQuAD on one thread: {mine:.2f} s ({ours['tokens'] / mine / 1e6:.2f} M tokens/s), "
          f"{'tokenizers' if fast else 'transformers'} {theirs:.2f} s, {theirs / mine:.2f} x", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", choices=list(TOKENIZERS), default=list(TOKENIZERS))
    options = parser.parse_args()
    print(kotae.versions("kotae", "transformers", "tokenizers", "sentencepiece", "fugashi"))
    japanese = jaquad(options.data)
    varied = awkward_texts() + list(random_lines(options.lines, 1)) + list(code_point_lines())
    different = 0
    for name in options.only:
        with tempfile.TemporaryDirectory() as path:
            folder = Path(path)
            (folder / "config.json").write_text(json.dumps(CONFIGURATION))
            tokenizer = TOKENIZERS[name](folder, japanese)
            different += compare(name, "JaQuAD", tokenizer, folder, japanese)
            different += compare(name, "varied", tokenizer, folder, varied)
            race(name, tokenizer, folder, japanese)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
