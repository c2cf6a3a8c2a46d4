// Marks the words of a text that the question has, too.

const fold = (text) => text.normalize("NFKC").toLowerCase();

// Words with their places. Where a language writes none apart, the browser tells them.
function words(text) {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  return [...segmenter.segment(text)].filter((part) => part.isWordLike);
}

// Forms of a word differ at its end, so long ones need agree in their beginnings only.
function agree(a, b) {
  if (a === b) return true;
  const shorter = Math.min(a.length, b.length);
  const stem = Math.max(4, Math.ceil(Math.max(a.length, b.length) * 0.7));
  return /^[\p{Script=Latin}]/u.test(a) && shorter >= stem && a.slice(0, stem) === b.slice(0, stem);
}

// Whether a word says enough to be marked: one letter of ASCII does not, nor do one or two of hiragana, as
// particles have.
const tells = (word) => !/^(\p{ASCII}|\p{Script=Hiragana}{1,2})$/u.test(word);

// Appends a text to an element, the question's words in <mark>. Texts are set as text, never as HTML.
export function appendHighlighted(element, text, question) {
  const wanted = words(question).map((part) => fold(part.segment)).filter(tells);
  let end = 0;
  for (const part of words(text)) {
    const word = fold(part.segment);
    if (!wanted.some((other) => agree(word, other))) continue;
    element.append(text.slice(end, part.index));
    const mark = document.createElement("mark");
    mark.textContent = part.segment;
    element.append(mark);
    end = part.index + part.segment.length;
  }
  element.append(text.slice(end));
}
