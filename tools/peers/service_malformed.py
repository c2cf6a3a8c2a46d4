"""Does `kotae serve` outlive requests that nobody should send?

Sends requests that are wrong in every way that a seed comes upon: bytes that are no HTTP, requests cut off
anywhere, headers and bodies over the limits or framed wrongly, JSON of wrong types, too deep, or not UTF-8,
paths that try to lead elsewhere, and clients that send slowly. Each has to end with a status of 4xx or a
closed connection, in time; afterwards the service has to answer, with the memory and the open files it had.

    python3 tools/peers/service_malformed.py [--requests 100000] [--seed 1]

KOTAE and KOTAE_MODELS: see README.md. Exits with 1 when one does not.
"""

import argparse
import asyncio
import collections
import json
import random
import socket
import struct
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import kotae
import service

PORT = 18767
TIMEOUT = 3
MAXIMUM_BODY = 1 << 20

# Routes that take a body, with one that is right; what is wrong is made from it.
BODIES = {
    "/v1/embeddings": {"input": ["how do I pay"], "model": "all-MiniLM-L6-v2", "encoding_format": "float"},
    "/embed": {"inputs": ["how do I pay"], "truncate": True},
    "/similarity": {"inputs": {"source_sentence": "pay", "sentences": ["pay", "order"]}},
    "/tokenize": {"inputs": ["how do I pay"]},
    "/indexes/faq/search": {"query": "how do I pay", "k": 3, "where": {"id": {"$eq": "3"}}, "hybrid": True},
    "/indexes/faq/documents": {"documents": [{"id": "new", "question": "how do I pay"}]},
    "/indexes/faq/deletions": {"ids": ["no such id"]},
    "/indexes/faq/embeddings": {"ids": ["3"]},
    "/indexes/faq/feedback": {"query": "pay", "hits": ["3"], "helped": False},
}
# The members that have to be there, and what none of them may be.
REQUIRED = {"/v1/embeddings": "input", "/embed": "inputs", "/similarity": "inputs", "/tokenize": "inputs",
            "/indexes/faq/search": "query", "/indexes/faq/documents": "documents",
            "/indexes/faq/deletions": "ids", "/indexes/faq/embeddings": "ids", "/indexes/faq/feedback": "query"}
PATHS = ["/indexes/../faq", "/indexes/faq/documents/../../../etc/passwd", "/indexes/%2e%2e/%2e%2e/etc/passwd",
         "/indexes/faq/documents/..%2F..%2F..%2Fetc%2Fpasswd", "/%00", "/indexes/%FF%FE", "/page.js/../../x",
         "/indexes/faq\\..\\..\\x", "/indexes/faq/documents/%ZZ", "/indexes/faq/embeddings/%", "/.git/config",
         "/indexes/faq/embeddings/no%00such", "/v1/models/..%2f..", "/indexes/faq/search?q=%FF", "/indexes/faq/search",
         "/indexes/faq/search?q=pay&k=-1", "/indexes/faq/search?q=pay&k=99999999999999999999",
         "/indexes/faq/search?q=pay&where=%7B", "/indexes/faq/search?q=pay&min_score=nan", "/etc/passwd"]
HOST = b"host: localhost\r\n"


class Requests:
    """Malformed requests, each as the bytes to send and whether the client then stops sending."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.kinds = [self.noise, self.cut, self.framing, self.large_header, self.large_body, self.wrong_type,
                      self.missing, self.deep, self.not_utf8, self.not_json, self.path, self.method, self.media_type]

    def next(self) -> tuple[str, bytes, bool]:
        kind = self.random.choice(self.kinds)
        sent, ends = kind()
        return kind.__name__.replace("_", " "), sent, ends

    def post(self, path: str, body: bytes, media: bytes = b"application/json") -> bytes:
        return (b"POST %s HTTP/1.1\r\n%scontent-type: %s\r\ncontent-length: %d\r\n\r\n"
                % (path.encode(), HOST, media, len(body))) + body

    def route(self) -> tuple[str, dict]:
        path = self.random.choice(list(BODIES))
        return path, dict(BODIES[path])

    def noise(self) -> tuple[bytes, bool]:
        noise = self.random.randbytes(self.random.randint(1, 4000))
        # A line that begins so can be no method.
        return b"\x00" + noise + b"\r\n\r\n", True

    def cut(self) -> tuple[bytes, bool]:
        path, body = self.route()
        whole = self.post(path, json.dumps(body).encode())
        return whole[:self.random.randint(1, len(whole) - 1)], True

    def framing(self) -> tuple[bytes, bool]:
        path, body = self.route()
        content = json.dumps(body).encode()
        header = self.random.choice([
            b"content-length: -1", b"content-length: 99999999999999999999", b"content-length: 1e3",
            b"content-length: 5\r\ncontent-length: 6", b"transfer-encoding: chunked\r\ncontent-length: 5",
            b"transfer-encoding: nothing", b"content-length : 5", b" folded: x", b"no colon", b"\x01: x",
            b"x: \x00", b"transfer-encoding: chunked"])
        start = b"POST %s HTTP/1.1\r\n%scontent-type: application/json\r\n%s\r\n\r\n" % (path.encode(), HOST, header)
        chunk = self.random.choice([b"zz\r\n", b"-5\r\n", b"ffffffffffffffffff\r\n", b"5 \x00\r\n", b"\r\n"])
        return start + chunk + content, True

    def large_header(self) -> tuple[bytes, bool]:
        kind = self.random.randrange(3)
        if kind == 0:
            return b"GET /health HTTP/1.1\r\n%sx: %s\r\n\r\n" % (HOST, b"a" * self.random.randint(100_000, 300_000)), False
        if kind == 1:
            return b"GET /%s HTTP/1.1\r\n%s\r\n" % (b"a" * self.random.randint(100_000, 300_000), HOST), False
        lines = b"".join(b"x%d: y\r\n" % number for number in range(self.random.randint(20_000, 30_000)))
        return b"GET /health HTTP/1.1\r\n%s%s\r\n" % (HOST, lines), False

    def large_body(self) -> tuple[bytes, bool]:
        path, _ = self.route()
        start = b"POST %s HTTP/1.1\r\n%scontent-type: application/json\r\n" % (path.encode(), HOST)
        if self.random.random() < 0.5:
            # Announced: it can be refused unread.
            return start + b"content-length: %d\r\n\r\n{" % self.random.randint(MAXIMUM_BODY + 1, 1 << 40), False
        size = MAXIMUM_BODY // 8
        chunk = b"%x\r\n%s\r\n" % (size, b" " * size)
        return start + b"transfer-encoding: chunked\r\n\r\n" + chunk * 10 + b"0\r\n\r\n", False

    def wrong(self):
        """A value that is right for none of the members that have to be there."""
        return self.random.choice([None, True, 7, -1, 1.5, 1e308, {}, {"a": 1}, [], [[]], [{}], [None], [True], [1.5, "a"]])

    def wrong_type(self) -> tuple[bytes, bool]:
        path, body = self.route()
        body[REQUIRED[path]] = self.wrong()
        return self.post(path, json.dumps(body).encode()), False

    def missing(self) -> tuple[bytes, bool]:
        path, body = self.route()
        del body[REQUIRED[path]]
        body["other"] = self.wrong()
        return self.post(path, json.dumps(body).encode()), False

    def deep(self) -> tuple[bytes, bool]:
        path, _ = self.route()
        depth = self.random.choice([200, 5_000, 100_000])
        opening = self.random.choice([b"[", b'{"a":', b'{"%s":' % REQUIRED[path].encode()])
        body = opening * depth
        if self.random.random() < 0.5 and opening == b"[":
            body += b"]" * depth
        return self.post(path, body), False

    def not_utf8(self) -> tuple[bytes, bool]:
        path, body = self.route()
        bad = self.random.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b"\x80"])
        content = json.dumps(body).encode()
        place = content.index(b"pay") if b"pay" in content else content.index(b'": ') - 1
        return self.post(path, content[:place] + bad + content[place:]), False

    def not_json(self) -> tuple[bytes, bool]:
        path, body = self.route()
        content = json.dumps(body).encode()
        wrong = self.random.choice([
            content[:self.random.randint(0, len(content) - 1)], content + b"}", b"", b"nul", b"'a'", b"{a: 1}",
            b'{"a": 01}', b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"a": "\x01"}', b"\xef\xbb\xbf" + b"{", content + content])
        return self.post(path, wrong), False

    def path(self) -> tuple[bytes, bool]:
        path = self.random.choice(PATHS)
        if self.random.random() < 0.2:
            path += "/" + "".join(self.random.choice("../%2e\\a") for _ in range(self.random.randint(1, 200)))
        method = self.random.choice([b"GET", b"GET", b"PUT", b"DELETE"])
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (method, path.encode(), HOST), True

    def method(self) -> tuple[bytes, bool]:
        path = self.random.choice(list(BODIES))
        method = self.random.choice([b"PATCH", b"TRACE", b"BREW", b"DELETE", b"CONNECT", b"get", b"OPTIONS"])
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (method, path.encode(), HOST), True

    def media_type(self) -> tuple[bytes, bool]:
        path, body = self.route()
        media = self.random.choice([b"text/plain", b"multipart/form-data", b"application/xml", b"/", b"\xff",
                                    b"application/x-www-form-urlencoded", b"", b"application/jsonx"])
        return self.post(path, json.dumps(body).encode(), media), False


async def ask(sent: bytes, ends: bool, slowly: bool = False) -> str:
    """Sends a request, and says what came of it: a status, `closed`, or `nothing`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 20)
    # A reset at the end leaves no port waiting.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        async with asyncio.timeout(3 * TIMEOUT + 10):
            try:
                if slowly:
                    for byte in sent:
                        writer.write(bytes([byte]))
                        await asyncio.sleep(0.5)
                        if reader.at_eof():
                            break
                else:
                    writer.write(sent)
                    if ends:
                        writer.write_eof()
                    else:
                        await writer.drain()
                answer = await reader.readline()
            except ConnectionError:
                return "closed"
            return answer.split()[1].decode() if answer.startswith(b"HTTP/1.1 ") else "closed"
    except TimeoutError:
        return "nothing"
    finally:
        writer.close()


async def send_all(requests: Requests, count: int, clients: int) -> dict[str, collections.Counter]:
    """Sends so many requests and counts what came of each kind."""
    outcomes: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    left = count

    async def client() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            kind, sent, ends = requests.next()
            outcome = await ask(sent, ends)
            outcomes[kind][outcome] += 1
            if not is_allowed(outcome) and outcomes[kind][outcome] <= 3:
                print(f"{kind}: {outcome} for {sent[:300]!r}", file=sys.stderr)

    await asyncio.gather(*(client() for _ in range(clients)))
    return outcomes


async def send_slowly(requests: Requests, count: int) -> collections.Counter:
    """So many clients at once that send a byte now and then."""
    sent = [requests.cut()[0] for _ in range(count)]
    return collections.Counter(await asyncio.gather(*(ask(bytes_, True, slowly=True) for bytes_ in sent)))


def is_allowed(outcome: str) -> bool:
    return outcome == "closed" or outcome.startswith("4")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--slow", type=int, default=500, help="clients that send slowly, at once")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(kotae.versions("kotae"))
    requests = Requests(arguments.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        service.build_index(folder / "faq", service.question_documents(200))
        url = f"http://127.0.0.1:{PORT}"
        process = service.start(
            [kotae.COMMAND, "serve", folder / "faq", "--port", PORT, "--writable", "--feedback", folder / "said",
             "--timeout", TIMEOUT, "--max-body", MAXIMUM_BODY >> 20], url + "/ready")
        try:
            # What is kept for later is kept after these.
            asyncio.run(send_all(requests, arguments.requests // 10, 32))
            time.sleep(TIMEOUT + 2)
            memory, files = service.own_memory(process.pid), service.open_files(process.pid)
            started = time.monotonic()
            outcomes = asyncio.run(send_all(requests, arguments.requests, 32))
            seconds = time.monotonic() - started
            outcomes["slow senders"] = asyncio.run(send_slowly(requests, arguments.slow))
            time.sleep(TIMEOUT + 2)
            later, left = service.own_memory(process.pid), service.open_files(process.pid)
            with urllib.request.urlopen(url + "/ready") as answer:
                is_ready = answer.status == 200
        finally:
            status = service.stop(process)

    for kind, counts in sorted(outcomes.items()):
        print(f"{kind:<14}{', '.join(f'{outcome} {count:,}' for outcome, count in sorted(counts.items()))}")
    total = sum(counts.total() for counts in outcomes.values())
    print(f"{total:,} requests in {seconds:.0f} s; own memory {memory:.0f} -> {later:.0f} MiB, "
          f"open files {files} -> {left}, exit status {status}")
    wrong = sum(count for counts in outcomes.values() for outcome, count in counts.items() if not is_allowed(outcome))
    if wrong or not is_ready or status != 0:
        sys.exit(f"{wrong} requests ended in another way")
    if later > 1.1 * memory + 8 or left > files:
        sys.exit("memory or files were not given back")


if __name__ == "__main__":
    main()
