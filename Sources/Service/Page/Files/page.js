import { appendHighlighted } from "./highlight.js";
import { texts } from "./texts.js";

const element = (id) => document.getElementById(id);
const query = element("query");
const results = element("results");
const status = element("status");

let language = (localStorage.getItem("language") ?? navigator.language).startsWith("ja") ? "ja" : "en";
let indexes = [];
// The question, its answer and how long it took, as they are shown now.
let shown = null;

const say = (name, ...values) => {
  const text = texts[language][name];
  return typeof text === "function" ? text(...values) : text;
};

// Requests

async function request(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (options.body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) {
    element("access").hidden = false;
    tell(token ? say("wrongToken") : "");
    throw new Refusal();
  }
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? response.statusText);
  return body;
}

// Tells that a token is asked for, which the page shows already.
class Refusal extends Error {}

function tellFailure(error) {
  if (error.name === "AbortError" || error instanceof Refusal) return;
  tell(say("failed", error.message));
}

// Search

const pause = 150;
let timer;
let running = new AbortController();

function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(search, pause);
}

async function search() {
  clearTimeout(timer);
  running.abort();
  running = new AbortController();
  const text = query.value.trim();
  const index = currentIndex();
  if (!text || !index) {
    shown = null;
    return show();
  }
  if (!shown) tell(say("searching"));
  const started = performance.now();
  try {
    const answer = await request(`indexes/${encodeURIComponent(index.name)}/search`, {
      method: "POST",
      signal: running.signal,
      body: JSON.stringify({ query: text, hybrid: isHybrid(index), explain: true }),
    });
    shown = { question: text, index, answer, milliseconds: Math.round(performance.now() - started), isRated: false };
    show();
  } catch (error) {
    tellFailure(error);
  }
}

// Whether words are looked for, too; undefined leaves it to an index that goes by words alone.
const isHybrid = (index) => element("hybrid").checked || (index.ranking === "words" ? undefined : false);

const currentIndex = () => indexes.find((index) => index.name === element("index").value);

// What is shown

function tell(text, isUnsure = false) {
  status.textContent = text;
  status.classList.toggle("unsure", isUnsure);
}

function show() {
  results.replaceChildren();
  element("unhelpful").hidden = true;
  if (!shown) return tell("");
  const { answer, index, milliseconds } = shown;
  const isUnsure = answer.confident === false && answer.hits.length > 0;
  if (answer.hits.length === 0) tell(say("nothing"));
  else tell(isUnsure ? say("unsure") : say("found", answer.hits.length, milliseconds), isUnsure);
  answer.hits.forEach((hit, rank) => results.append(item(hit, rank === 0 && !isUnsure)));
  element("unhelpful").hidden = !index.feedback || shown.isRated || answer.hits.length === 0;
}

function item(hit, isOpen) {
  const li = document.createElement("li");
  const question = document.createElement("button");
  question.type = "button";
  question.className = "question";
  appendHighlighted(question, hit.question, shown.question);
  const answer = document.createElement("div");
  answer.className = "answer";
  answer.id = `answer-${results.childElementCount}`;
  if (hit.answer) appendHighlighted(answer, hit.answer, shown.question);
  else answer.textContent = say("noAnswer");
  if (shown.index.feedback && !shown.isRated) answer.append(helpedButton(hit));
  const open = (isOpen) => {
    question.setAttribute("aria-expanded", String(isOpen));
    answer.hidden = !isOpen;
  };
  question.setAttribute("aria-controls", answer.id);
  question.addEventListener("click", () => open(answer.hidden));
  open(isOpen);
  li.append(question, measure(hit), ...reasons(hit), answer);
  return li;
}

// The cosine as a number and as a bar from 0 to 1, so that searches compare; with the threshold from
// which an answer is confident, where a calibration has found one.
function measure(hit) {
  const cosine = hit.explanation?.cosine ?? hit.score;
  const ranking = element("hybrid").checked ? "meaning+words" : "meaning";
  const calibration = shown.index.calibration;
  const threshold = calibration?.ranking === ranking ? calibration.threshold : null;
  const line = document.createElement("div");
  line.className = "measure";
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", say("score", cosine.toFixed(3)) + (threshold ? say("threshold", threshold.toFixed(3)) : ""));
  bar.append(part("fill", cosine));
  if (threshold) bar.append(part("threshold", threshold));
  const score = document.createElement("span");
  score.className = "score";
  score.textContent = cosine.toFixed(3);
  const id = document.createElement("span");
  id.className = "id";
  id.textContent = hit.id;
  line.append(bar, score, id);
  return line;
}

function part(className, share) {
  const div = document.createElement("div");
  div.className = className;
  div.style.setProperty("--share", `${Math.max(0, Math.min(1, share)) * 100}%`);
  return div;
}

// Which passage was found, where it is not the question itself, and by which words.
function reasons(hit) {
  const lines = [];
  if (hit.passage !== hit.question) {
    const line = document.createElement("p");
    line.className = "why";
    line.append(say("foundAs"));
    appendHighlighted(line, hit.passage, shown.question);
    lines.push(line);
  }
  const words = hit.explanation?.words ?? [];
  if (words.length > 0) {
    const line = document.createElement("p");
    line.className = "why";
    line.textContent = say("words") + words.map((word) => `${word.term} ${word.score.toFixed(1)}`).join(", ");
    lines.push(line);
  }
  return lines;
}

// Feedback

function helpedButton(hit) {
  const paragraph = document.createElement("p");
  paragraph.className = "helped";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("helped");
  button.addEventListener("click", () => rate({ chosen: hit.id }));
  paragraph.append(button);
  return paragraph;
}

async function rate(opinion) {
  const { question, index, answer } = shown;
  try {
    await request(`indexes/${encodeURIComponent(index.name)}/feedback`, {
      method: "POST",
      body: JSON.stringify({ query: question, hits: answer.hits.map((hit) => hit.id), ...opinion }),
    });
    shown.isRated = true;
    show();
    tell(say("thanks"));
    query.focus();
  } catch (error) {
    tellFailure(error);
  }
}

// Indexes and words

function showStatistics() {
  const index = currentIndex();
  const list = element("statistics");
  list.replaceChildren();
  if (!index) return;
  const rows = {
    documents: index.documents.toLocaleString(language),
    vectors: index.vectors.toLocaleString(language),
    model: index.model,
    built: new Date(index.built).toLocaleString(language),
    generation: String(index.generation),
    calibration: index.calibration ? index.calibration.threshold.toFixed(3) : say("uncalibrated"),
  };
  for (const [name, value] of Object.entries(rows)) {
    const term = document.createElement("dt");
    term.textContent = say(name);
    const description = document.createElement("dd");
    description.textContent = value;
    list.append(term, description);
  }
}

function takeIndex() {
  element("hybrid").checked = currentIndex()?.ranking === "meaning+words";
  showStatistics();
}

function translate() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = say(place.dataset.text);
  const other = element("language");
  other.textContent = say("other");
  other.lang = say("otherCode");
  showStatistics();
  show();
}

async function loadIndexes() {
  try {
    indexes = (await request("indexes")).indexes;
  } catch (error) {
    return tellFailure(error);
  }
  element("access").hidden = true;
  const choice = element("index");
  choice.replaceChildren(...indexes.map((index) => new Option(index.name, index.name)));
  element("index-choice").hidden = indexes.length < 2;
  takeIndex();
  if (indexes.length === 0) return tell(say("noIndex"));
  await search();
}

// Keys: / to the question, arrows between question and results, Escape back.

function move(step) {
  const stops = [query, ...results.querySelectorAll(".question")];
  const place = stops.indexOf(document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, place + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input[type=search], input[type=password], select");
  if (event.key === "/" && !isTyping) {
    query.focus();
    query.select();
  } else if (event.key === "ArrowDown" && !event.target.matches("select")) {
    move(1);
  } else if (event.key === "ArrowUp" && !event.target.matches("select")) {
    move(-1);
  } else if (event.key === "Escape") {
    if (document.activeElement === query) query.value = "";
    query.focus();
    searchSoon();
  } else {
    return;
  }
  event.preventDefault();
});

query.addEventListener("input", searchSoon);
element("hybrid").addEventListener("change", search);
element("index").addEventListener("change", () => {
  takeIndex();
  search();
});
element("search").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
element("access").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", element("token").value.trim());
  loadIndexes();
});
element("unhelpful").addEventListener("click", () => rate({ helped: false }));
element("language").addEventListener("click", () => {
  language = language === "ja" ? "en" : "ja";
  localStorage.setItem("language", language);
  translate();
});

translate();
loadIndexes();
