"""Texts for the comparisons: the same on every machine, made from a seed.

The other scripts import this module. Run by itself it shows some of every kind, escaped:

    python3 tools/peers/texts.py
"""

import random
from collections.abc import Iterator
from itertools import islice

# 15 tokens, [CLS] and [SEP] included, in BERT's English vocabulary.
SINGLE_QUERY = "how can i still change the delivery address of my last order?"

QUESTION_FORMS = [
    "{verb} my {thing}",
    "my {thing} is {problem}",
    "how do i {verb} my {thing}?",
    "can i {verb} a {thing} {when}?",
    "where do i {verb} my {thing}?",
    "why was my {thing} {problem}?",
    "is it possible to {verb} my {thing} {when}?",
    "what happens if i {verb} the {thing} {when}?",
    "where can i find the {thing} for my {product}?",
    "the {product} says my {thing} was {problem}. why?",
    "do you charge a fee when i {verb} my {thing} {when}?",
    "my {thing} was {problem} {when}, so how do i {verb} it with the new {product}?",
    "i want to {verb} my {thing} but the {product} says it was {problem}.",
]

QUESTION_WORDS = {
    "verb": "change cancel update check move print return replace open close delete share track "
            "confirm transfer report restore download pay sign".split(),
    "thing": "order password account subscription address delivery payment contract ticket card "
             "profile booking warranty language email signature insurance plan bill".split(),
    "product": "phone website tablet printer laptop app store portal camera service".split(),
    "problem": "rejected delayed lost blocked damaged closed opened sold missing wrong".split(),
    "when": ["today", "after the due date", "at the weekend", "from another country",
             "before it is sent", "more than once", "on the same day", "next month"],
}

# Every word is one token of BERT's English vocabulary, so that lengths come out exact.
COMMON_WORDS = (
    "the of and to in a is was for on with as by at from his her they this that which were are be has have "
    "not but one two first new other some time year people state city world life day part house water work "
    "place number group family company system school country service order money market price "
    "customer office report letter answer question problem reason change use make take give find show keep "
    "open close send call pay read write move long small large high early late public local free full "
    "between after before during under over through without where when while because until every each many "
    "most more less only also then now here there never often always again together"
).split()

SENTENCES = {
    "english": [
        "How do I reset my password?",
        "The parcel hasn't arrived yet; it's been 3 weeks (order no. 12-3456)!",
        "E-mail me at help.desk+faq@example.com, or call +1 (555) 010-9999.",
        "Don't can't won't shouldn't've — it's John's & Mary's \"own\" `quote`.",
        "naïve café façade coöperate résumé jalapeño Ångström",
    ],
    "japanese": [
        "パスワードを忘れた場合はどうすればいいですか?",
        "ご注文の商品がまだ届いていません。配送状況を教えてください。",
        "「返品」と『交換』の違いは何ですか?〜詳細はこちら〜",
        "ガギグゲゴ ぱぴぷぺぽ ヴァイオリン ゞヽヾ々〆ヶ",
        "半角ｶﾀｶﾅ ｶﾞｷﾞｸﾞ ﾊﾟ と全角ＡＢＣ１２３！？",
        "一二三四五六七八九十百千万億 𠮷野家 髙島屋 葛󠄀城市",
    ],
    "chinese": [
        "如何重置我的密码?",
        "訂單什麼時候會送達?請告訴我運送狀態。",
        "我的账户被锁定了,该怎么办呢……谢谢!",
        "𠀀𠀁𠀂 㐀㐁 豈更車 ⼀⼁⼂ ⺀⺁",
    ],
    "korean": [
        "비밀번호를 잊어버렸어요. 어떻게 해야 하나요?",
        "주문한 상품이 아직 도착하지 않았습니다.",
        "ᄒ\u1161ᆫ글 ㄱㄴㄷ 가나다 ABC",
    ],
    "thai": [
        "ฉันลืมรหัสผ่าน ต้องทำอย่างไร",
        "สินค้ายังไม่มาถึง กรุณาตรวจสอบสถานะการจัดส่ง",
        "น้ำใจ ๑๒๓๔๕ ฿100",
    ],
    "arabic": [
        "كيف يمكنني إعادة تعيين كلمة المرور؟",
        "لَمْ تَصِلْ طَلَبِيَّتِي بَعْدُ",
        "العدد ١٢٣٤٥ و ۱۲۳ ﷲ ﷺ لا ﻻ",
    ],
    "hindi": [
        "मैं अपना पासवर्ड कैसे बदलूँ?",
        "मेरा ऑर्डर अभी तक नहीं पहुँचा है। कृपया स्थिति बताएं॥",
        "क्षत्रिय ज्ञान श्री १२३ क़ख़ग़",
    ],
    "others": [
        "Как мне восстановить пароль? Ёлка й И\u0306",
        "Πώς αλλάζω τον κωδικό μου; ΌΔΟΣ ὈΔΥΣΣΕΎΣ ᾼ",
        "İstanbul'da ıspanak IĞDIR iğne",
        "Straße GROẞE Fußgänger ﬁne ﬀ ŉ ǆ",
        "Làm thế nào để đổi mật khẩu? Ựỗẵ",
        "איך אני משנה את הסיסמה? שָׁלוֹם",
        "როგორ შევცვალო ᲞᲐᲠᲝᲚᲘ? Ինչպե՞ս և",
        "የይለፍ ቃል እንዴት እቀይራለሁ? စကားဝှက် ពាក្យ",
        "ᏣᎳᎩ ꭰꭱ 𐐀𐐨 𞤀𞤢 Ⰰⰰ ⲀⲁꙀꙁ",
        "𝐛𝐨𝐥𝐝 𝒾𝓉𝒶𝓁𝒾𝒸 ⓒⓘⓡⓒⓛⓔ fullwidth ½ ² ₂ ™ ℃ Ⅷ",
    ],
    "mixed": [
        "iPhoneの充電がfullにならない件 about バッテリー交換",
        "我的order还没arrive, 주문 번호 A-123 كم السعر?",
        "Windows11でรหัสผ่านをहिंदीで入力すると�になる",
        "abcعربيabc日本abc한글abcไทยabc",
    ],
    "emoji": [
        "👍🏽👍🏿👍 ok",
        "👨‍👩‍👧‍👦 family 👩🏽‍💻 coder 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "🇯🇵🇺🇳 ❤️ ❤ ☎️ 1️⃣ #️⃣ ©️",
        "where is my 📦??? 😡😡😡😭",
    ],
}

ODD_TEXTS = [
    "", " ", "   ", "\t", "\n", "\r", "\r\n", "\n\n\n", "\u00a0", "\u3000\u3000", "\u2028", "\u2029", "\u0085",
    "\x0b\x0c", "\u200b", "\ufeff", "\u00ad", "\u2060\u180e", "\x00", "\x00\x00", "\x7f", "\x1b[31mred\x1b[0m",
    "\ufffd", "\ufffd\ufffd", "a\ufffdb", "a\x00b", "a\x01b\x02c", "\x80\x81\x9f", "\ue000\uf8ff",
    "a\ue123b", "\U000f0000\U0010fffd", "\ufdd0\ufffe\uffff", "\U0001fffe", "\u0378\u0380", "\U000e0001x\U000e007f",
    "tab\tseparated\tvalues", "two\rcarriage\rreturns", "ends in CR\r", "\rstarts with CR", "line\nfeed inside",
    "crlf\r\ninside", "line\u2028separator", "paragraph\u2029separator", "next\u0085line", "form\x0cfeed\x0btab",
    "  leading", "trailing  ", "many      spaces   inside", "no\u00a0break\u202fspace\u2009thin", "zero\u200bwidth",
    "zero\u200cwidth\u200djoiners", "left\u200eto\u200fright\u202emarks\u202c", "word\u2060joiner", "\ufeffBOM first",
    "soft\u00adhyphen", "e\u0301 e\u0301\u0301\u0301 \u0301", "a\u0323\u0307 a\u0307\u0323 ọ̵̌̌̌", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "[SEP] [MASK] [cls]", "[CLS][SEP][PAD][UNK][MASK]", "[ MASK ]",
    "a[MASK]b", "[MASK", "MASK]", "[[MASK]]", "[mask] [Mask] [sep] [pad]", "\u0301[MASK]\u0301", "[MA\u00adSK]",
    "the capital of france is [MASK].", "##ing", "## ##", "play ##ing", "<s></s><unk><pad><mask>", "[unused0] [unused1]",
    "https://example.com/a/b?c=d&e=f#g", "http://münchen.example/straße?q=日本語&x=%E3%81%82", "www.example.co.jp",
    "ftp://user:pass@host:21/~file.tar.gz", "mailto:someone@example.com?subject=Hello%20World",
    "<p class=\"x\">Hello &amp; <b>goodbye</b>&nbsp;</p>", "<!-- comment --><br/><script>alert('x')</script>",
    "if (a[i] != NULL && b->c) { return *p++; }", "let x = try? f(\"\\(y)\") ?? \"\\u{0}\"", "SELECT * FROM t WHERE a='b';",
    "def f(x): return x**2 # square", "{\"key\": [1, 2.5e-3, null, true], \"k\\\"2\": \"\\u00e9\"}", "C:\\Users\\name\\file.txt",
    "$ rm -rf ./* && echo $?", "```\ncode\n```", "a_b-c.d/e\\f|g~h^i", "snake_case camelCase kebab-case SCREAMING_CASE",
    "!", "?!?!", "...", "…", "—–-‐‑−", "$€£¥₩₹₿", "+-*/=<>^~`|", "@#%&_", "'\"‘’“”„«»‹›", "()[]{}⟨⟩「」【】", "¡¿§¶†‡•",
    "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋", "α ⊕ β ≠ γ × δ", "⠁⠃⠉ ♠♣♥♦ ☃ ✓ ✗ ♩♪", "─│┌┐█▓▒░", "⿰⿱ ㊀㊗ ㍿ ㌔ ゙゚",
    "0", "42", "3.14159", "1,000,000", "2024-02-29T23:59:60Z", "0x1F 0b101 1e-10", "١٢٣ १२३ １２３ 一二三", "①②③ ⅠⅡⅢ",
    "a", "A", "é", "ß", "İ", "ı", "ſ", "Ω", "Å", "日", "あ", "ア", "ㄱ", "가", "ก", "ا", "अ", "😀", "𠮷", "\u0301", "\u05d0",
]


def faq_questions(count: int, seed: int = 1) -> Iterator[str]:
    """FAQ-like English questions of 5 to 24 tokens, [CLS] and [SEP] included, about 12 on average."""
    rng = random.Random(seed)
    for _ in range(count):
        words = {kind: rng.choice(choices) for kind, choices in QUESTION_WORDS.items()}
        yield rng.choice(QUESTION_FORMS).format(**words)


def long_texts(count: int, tokens: int, seed: int = 1) -> Iterator[str]:
    """English-like sentences of `tokens` tokens a text, [CLS] and [SEP] included."""
    rng = random.Random(seed)
    for _ in range(count):
        words = []
        left = tokens - 2
        while left > 0:
            length = min(left - 1, rng.randint(6, 18)) or 1
            words += rng.choices(COMMON_WORDS, k=length)
            if left > length:
                words[-1] += "."
            left -= length + 1
        yield " ".join(words)


def awkward_texts() -> list[str]:
    """Over 500 texts where an encoder or a tokenizer is likely to differ from its reference."""
    texts = list(ODD_TEXTS)
    for sentences in SENTENCES.values():
        for sentence in sentences:
            texts += [
                sentence,
                sentence.upper(),
                f"  {sentence}\t",
                sentence.replace(" ", "\u200b").replace("?", "\u0301?"),
                f"{sentence[:4]}\x00{sentence[4:]}\r{sentence}",
                f"{sentence} [SEP] {sentence[::-1]}",
                (sentence + " ") * 40,
            ]
    for length in (98, 99, 100, 101, 102, 1000):
        texts += ["a" * length, "é" * length, "あ" * length, "漢" * length, "x" * length + " ok", "ab" * length]
    # One text for every length around the limits of 128 and 256 tokens, and far beyond them.
    for tokens in (*range(3, 40), *range(124, 133), *range(252, 261), 512, 513, 2000):
        texts += long_texts(1, tokens, seed=tokens)
    texts += faq_questions(40, seed=3)
    return list(dict.fromkeys(texts))


def random_lines(count: int, seed: int = 1) -> Iterator[str]:
    """Lines of random pieces: words, runs of one script, code points of every plane, spaces, controls, marks."""
    rng = random.Random(seed)
    sentences = [sentence for group in SENTENCES.values() for sentence in group]

    def scalar(first: int, last: int) -> str:
        code = rng.randint(first, last)
        return chr(code) if not 0xD800 <= code <= 0xDFFF else "\ufffd"

    def script_run() -> str:
        block = rng.randrange(0, 0x32000, 0x80)
        return "".join(scalar(block, block + 0x7F) for _ in range(rng.randint(1, 12)))

    def any_plane() -> str:
        plane = rng.randrange(17) << 16
        return "".join(scalar(plane, plane + 0xFFFF) for _ in range(rng.randint(1, 4)))

    def part_of_a_sentence() -> str:
        sentence = rng.choice(sentences)
        start = rng.randrange(len(sentence))
        return sentence[start:start + rng.randint(1, 20)]

    makers = [
        lambda: rng.choice(COMMON_WORDS),
        lambda: rng.choice(COMMON_WORDS).title() + rng.choice(COMMON_WORDS).upper(),
        lambda: rng.choice(COMMON_WORDS) + scalar(0x300, 0x36F) + rng.choice(COMMON_WORDS),
        lambda: rng.choice(ODD_TEXTS),
        lambda: "".join(scalar(0x20, 0x7E) for _ in range(rng.randint(1, 10))),
        lambda: scalar(0, 0xA0),
        lambda: str(rng.randrange(10 ** rng.randint(1, 12))),
        lambda: "x" * rng.randint(90, 110),
        part_of_a_sentence,
        script_run,
        any_plane,
    ]
    for _ in range(count):
        # Mostly short, now and then long enough to be cut.
        pieces = [rng.choice(makers)() for _ in range(int(rng.expovariate(0.08)))]
        yield "".join(piece + rng.choice(["", " ", " "]) for piece in pieces)


def code_point_lines() -> Iterator[str]:
    """Lines that hold every code point but surrogates once, each inside a word of its own: stripped, split or kept?"""
    codes = [*range(0xD800), *range(0xE000, 0x110000)]
    for start in range(0, len(codes), 48):
        yield " ".join(f"a{chr(code)}b" for code in codes[start:start + 48])


if __name__ == "__main__":
    for name, sample in {
        "faq_questions": faq_questions(8),
        "long_texts": long_texts(2, 128),
        "awkward_texts": awkward_texts()[::40],
        "random_lines": random_lines(8),
        "code_point_lines": islice(code_point_lines(), 2),
    }.items():
        print(f"{name}:", *(ascii(text) for text in sample), sep="\n  ")
