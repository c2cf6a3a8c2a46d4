"""Ten minutes of `kotae serve` under mixed load, with changes and takeovers, and then `kill -9`.

Clients embed short and long texts, search by meaning and by words, look documents and vectors up, and ask
for what is wrong. One changes an index and finds each change at once; beside them `kotae index build` and
`kotae index compact` give the indexes new generations. No answer may be another than it has to be, and the
memory of the process may not grow after the first minute. In the end the service is killed while it takes
changes, started again, and has to have every change that it acknowledged.

    python3 tools/peers/service_endurance.py [--seconds 600]

KOTAE and KOTAE_MODELS: see README.md. Exits with 1 when something was lost, wrong, or grew.
"""

import argparse
import collections
import http.client
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import kotae
import service
import texts

PORT = 18768
BASE = f"http://127.0.0.1:{PORT}"
DOCUMENTS = 2_000
QUESTIONS = list(texts.faq_questions(500))
LONG = "parcel order " * 200


class Client:
    """A keep-alive connection that counts its answers, and those that are other than expected."""

    def __init__(self, run: "Run", kind: str):
        self.run, self.kind = run, kind
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def ask(self, method: str, path: str, body: dict | None = None, expected: tuple[int, ...] = (200,)) -> dict:
        started = time.perf_counter()
        self.connection.request(method, path, json.dumps(body) if body else None,
                                {"content-type": "application/json"} if body else {})
        answer = self.connection.getresponse()
        content = answer.read()
        self.run.count(self.kind, time.perf_counter() - started)
        if answer.status not in expected:
            self.run.complain(f"{self.kind}: {method} {path} {answer.status}: {content[:300]!r}")
        return json.loads(content) if answer.getheader("content-type", "").startswith("application/json") else {}


class Run:
    """What goes on at once, until it is over."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.over = threading.Event()
        self.killing = threading.Event()
        self.lock = threading.Lock()
        self.seconds: dict[str, list[float]] = collections.defaultdict(list)
        self.complaints: list[str] = []
        # By id: the answer that was acknowledged last, or None for a deleted document.
        self.acknowledged: dict[str, str | None] = {}
        self.in_flight: str | None = None

    def count(self, kind: str, seconds: float) -> None:
        with self.lock:
            self.seconds[kind].append(seconds)

    def complain(self, text: str) -> None:
        with self.lock:
            self.complaints.append(text)
            if len(self.complaints) <= 20:
                print(text, file=sys.stderr)

    def repeat(self, kind: str, act, pause: float = 0, seed: int = 0) -> threading.Thread:
        """Runs `act(client, random)` again and again on a thread of its own."""
        def body() -> None:
            client, chance = Client(self, kind), random.Random(f"{kind} {seed}")
            while not self.over.is_set():
                try:
                    act(client, chance)
                except (OSError, http.client.HTTPException, ValueError) as error:
                    if self.killing.is_set():
                        return
                    self.complain(f"{kind}: {error!r}")
                    client = Client(self, kind)
                time.sleep(pause)
        thread = threading.Thread(target=body)
        thread.start()
        return thread

    # What clients do

    def embed(self, client: Client, chance: random.Random) -> None:
        chosen = [chance.choice(QUESTIONS) for _ in range(chance.choice([1, 1, 1, 8]))]
        answer = client.ask("POST", "/v1/embeddings", {"input": chosen})
        if len(answer.get("data", [])) != len(chosen):
            self.complain("embed: not as many vectors as texts")

    def embed_long(self, client: Client, chance: random.Random) -> None:
        client.ask("POST", "/v1/embeddings", {"input": LONG + chance.choice(QUESTIONS)})

    def search(self, client: Client, chance: random.Random) -> None:
        body = {"query": chance.choice(QUESTIONS), "k": 5}
        way = chance.randrange(4)
        if way == 1:
            body["hybrid"] = True
        elif way == 2:
            body["lexical"] = True
        elif way == 3:
            body["where"] = {"part": {"$gte": 0}}
        answer = client.ask("POST", f"/indexes/{chance.choice(['kept', 'rebuilt'])}/search", body)
        if way != 2 and len(answer.get("hits", [])) != 5:
            self.complain(f"search: {len(answer.get('hits', []))} hits for {body}")

    def look_up(self, client: Client, chance: random.Random) -> None:
        number = chance.randrange(DOCUMENTS)
        client.ask("GET", f"/indexes/rebuilt/documents/{number}")
        if not client.ask("GET", f"/indexes/rebuilt/embeddings/{number}").get("embedding"):
            self.complain("look up: no embedding")

    def ask_wrongly(self, client: Client, chance: random.Random) -> None:
        client.ask("GET", "/indexes/none/search?q=pay", expected=(404,))
        client.ask("POST", "/indexes/kept/search", {"query": "pay", "k": -1}, expected=(400,))
        client.ask("POST", "/v1/embeddings", {"input": [1, 2, 3]}, expected=(400,))
        client.ask("GET", "/indexes/kept/documents/none", expected=(404,))

    def change(self, client: Client, chance: random.Random) -> None:
        """Adds, replaces or deletes a document, and looks at once whether it is so."""
        id = f"changed-{chance.randrange(500)}"
        path = f"/indexes/kept/documents/{id}"
        self.in_flight = id
        if self.acknowledged.get(id) and chance.random() < 0.3:
            client.ask("DELETE", path)
            self.acknowledged[id] = None
            self.in_flight = None
            client.ask("GET", path, expected=(404,))
            return
        answer = f"Answer {chance.random()}."
        question = f"{chance.choice(QUESTIONS)} in case {id} of {chance.randrange(1000)}"
        client.ask("PUT", path, {"question": question, "answer": answer, "fields": {"part": 1}}, expected=(200, 201))
        self.acknowledged[id] = answer
        self.in_flight = None
        hits = client.ask("POST", "/indexes/kept/search", {"query": question, "k": 3}).get("hits", [])
        if not any(hit["id"] == id and hit["answer"] == answer for hit in hits):
            self.complain(f"change: {id} was acknowledged and is not found")

    def rebuild(self, client: Client, chance: random.Random) -> None:
        """Another process gives the indexes new generations."""
        part = chance.randrange(1, 100)
        documents = service.question_documents(DOCUMENTS)
        for document in documents:
            document["answer"] = f"Answer of generation {part}."
            document["part"] = part
        service.build_index(self.folder / "rebuilt", documents)
        kotae.run("index", "compact", self.folder / "kept", "--quiet")

    def watch(self, process, samples: list[tuple[float, float]]) -> None:
        started = time.monotonic()
        while not self.over.wait(1):
            samples.append((time.monotonic() - started, service.own_memory(process.pid)))


def serve(folder: Path):
    return service.start(
        [kotae.COMMAND, "serve", folder / "kept", folder / "rebuilt", "--port", PORT, "--writable",
         "--feedback", folder / "said"], BASE + "/ready", log=folder / "log")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    arguments = parser.parse_args()
    print(kotae.versions("kotae"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        documents = [document | {"part": 0} for document in service.question_documents(DOCUMENTS)]
        for name in ("kept", "rebuilt"):
            service.build_index(folder / name, documents)
        run = Run(folder)
        process = serve(folder)
        samples: list[tuple[float, float]] = []
        threads = [threading.Thread(target=run.watch, args=(process, samples))]
        threads[0].start()
        threads += [run.repeat("embed", run.embed, seed=number) for number in range(3)]
        threads += [run.repeat("search", run.search, seed=number) for number in range(3)]
        threads += [run.repeat("embed long texts", run.embed_long, pause=0.1),
                    run.repeat("look up", run.look_up, pause=0.005),
                    run.repeat("ask wrongly", run.ask_wrongly, pause=0.1),
                    run.repeat("change", run.change, pause=0.02),
                    run.repeat("rebuild", run.rebuild, pause=10)]
        time.sleep(arguments.seconds)
        # Changes go on until the service is gone.
        run.killing.set()
        process.kill()
        process.wait()
        run.over.set()
        for thread in threads:
            thread.join()

        process = serve(folder)
        lost = 0
        for id, answer in run.acknowledged.items():
            if id == run.in_flight:
                continue
            found = Client(run, "after the restart").ask("GET", f"/indexes/kept/documents/{id}", expected=(200, 404))
            if found.get("answer") != answer:
                lost += 1
                print(f"lost: {id}, acknowledged {answer}, found {found}", file=sys.stderr)
        status = service.stop(process)
        for name in ("kept", "rebuilt"):
            kotae.run("index", "verify", folder / name, "--quiet")
        takeovers = (folder / "log").read_text().count("took over a new generation")
        if run.complaints:
            print(*(folder / "log").read_text().splitlines()[-50:], sep="\n", file=sys.stderr)

    for kind, seconds in sorted(run.seconds.items()):
        high = statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]
        print(f"{kind:<20}{len(seconds):>10,} requests, median {statistics.median(seconds) * 1000:>8.2f} ms, "
              f"99 % {high * 1000:>8.2f} ms")
    minute = [memory for second, memory in samples if 60 <= second < 120] or [samples[0][1]]
    last = [memory for second, memory in samples if second >= samples[-1][0] - 60]
    first, end = statistics.median(minute), statistics.median(last)
    print(f"{takeovers} generations taken over; own memory in the second minute {first:.0f} MiB, in the last "
          f"{end:.0f} MiB (at most {max(memory for _, memory in samples):.0f})")
    print(f"{len(run.acknowledged)} changed documents, {lost} lost after kill -9; {len(run.complaints)} wrong answers; "
          f"exit status {status}")
    if lost or run.complaints or status != 0 or takeovers < arguments.seconds // 60 or end > 1.1 * first + 8:
        sys.exit(1)


if __name__ == "__main__":
    main()
