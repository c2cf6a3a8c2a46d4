"""Makes a sentence-transformers folder of a given size, with random weights, to measure speed on.

    .peers/sentence-transformers/bin/python tools/peers/random_model.py FOLDER [--size multilingual-small]

`multilingual-small`, as large as multilingual-e5-small: 12 layers of width 384, a Unigram vocabulary of 250,037 pieces, 470 MB. `bert-base`:
12 layers of width 768, the default model's own vocabulary, 440 MB. The vocabulary of 250,037 has the words of
`texts.py` and else random strings of several scripts, so that texts have about as many tokens as with a real
one, and tokenizer.json is about as large. No vector of these models means anything.
"""

import argparse
import random
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer, models
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

import kotae
from texts import SINGLE_QUERY, faq_questions, long_texts

SCRIPTS = ["abcdefghijklmnopqrstuvwxyzéüñç", "абвгдежзиклмнопрстуфхцчшщыэюя", "αβγδεζηθικλμνξοπρστυφχψω",
           "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
           "".join(chr(0x4E00 + 7 * step) for step in range(1500)), "".join(chr(0xAC00 + 11 * step) for step in range(900)),
           "กขคงจชซญดตถทธนบปผพฟมยรลวสหอะาเแโ"]
SIZES = {"multilingual-small": (384, 12, 1536, 250_037), "bert-base": (768, 12, 3072, None)}


def unigram(size: int) -> PreTrainedTokenizerFast:
    generator = random.Random(1)
    pieces: dict[str, None] = dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", "▁"])
    texts = [SINGLE_QUERY, *faq_questions(2000), *long_texts(200, 128)]
    pieces.update(dict.fromkeys("▁" + word for text in texts for word in text.split()))
    pieces.update(dict.fromkeys(character for script in SCRIPTS for character in script))
    pieces.update(dict.fromkeys(chr(code) for code in range(33, 127)))
    while len(pieces) < size - 1:
        script = generator.choice(SCRIPTS)
        word = "".join(generator.choices(script, k=generator.randint(2, 9)))
        pieces["▁" + word if generator.random() < 0.6 else word] = None
    scores = [0.0] * 4 + [-3.0 - 12.0 * place / size for place in range(len(pieces) - 4)]
    tokenizer = Tokenizer(Unigram([*zip(pieces, scores), ("<mask>", 0.0)], unk_id=3))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>",
        cls_token="<s>", sep_token="</s>", mask_token="<mask>", model_max_length=512)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SIZES, default="multilingual-small")
    options = parser.parse_args()
    width, layers, inner, vocabulary = SIZES[options.size]
    tokenizer = unigram(vocabulary) if vocabulary else AutoTokenizer.from_pretrained(kotae.model_folder())
    torch.manual_seed(1)
    bert = BertModel(BertConfig(
        vocab_size=len(tokenizer), hidden_size=width, num_hidden_layers=layers, num_attention_heads=12,
        intermediate_size=inner, max_position_embeddings=512, pad_token_id=tokenizer.pad_token_id))
    bare = options.folder / "bare"
    bert.save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    transformer = models.Transformer(str(bare), max_seq_length=512)
    model = SentenceTransformer(modules=[transformer, models.Pooling(width, "mean"), models.Normalize()], device="cpu")
    model.save(str(options.folder / options.size))
    for file in bare.iterdir():
        file.unlink()
    bare.rmdir()
    print(options.folder / options.size)


if __name__ == "__main__":
    main()
