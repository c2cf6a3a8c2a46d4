"""How many embeddings, look-ups and searches a second does `kotae serve` answer, and how soon?

Starts `kotae serve` with an index of questions made from a seed, and beside it, one after the other so that
neither takes processors from the other, infinity-emb with the same model. wrk asks both for embeddings of
single questions at 1, 8 and 64 connections, in rounds that alternate; then it asks kotae for stored vectors,
as bytes and as JSON, for searches, and for short questions while others post long texts.

    tools/packages wrk
    tools/peers/setup
    python3 tools/peers/service_load.py [--documents 10000] [--seconds 10] [--rounds 3] [--without-peer]

Prints requests a second, the median and the 99th percentile. KOTAE, KOTAE_MODELS and KOTAE_PEERS: see
README.md. Exits with 1 when an answer is not 200.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae
import service
import texts

PORTS = {"kotae": 18765, "infinity": 18766}
PEER = Path(os.environ.get("KOTAE_PEERS", ".peers")) / "infinity" / "bin"

# Each request has another question, so that nothing is answered from a cache.
EMBED = """
local texts = {%s}
local n = 0
request = function()
  n = n + 1
  local body = string.format('{"model":"%s","input":"%%s %%d"}', texts[n %% #texts + 1], n)
  return wrk.format("POST", "%s", {["content-type"] = "application/json"}, body)
end
"""
LONG = """
local text = string.rep("parcel order ", 255)
request = function()
  return wrk.format("POST", "/v1/embeddings", {["content-type"] = "application/json"}, '{"input":"' .. text .. '"}')
end
"""
SEARCH = """
local texts = {%s}
local n = 0
request = function()
  n = n + 1
  local query = string.gsub(texts[n %% #texts + 1], "%%W+", "+")
  return wrk.format("GET", "/indexes/index/search?k=10&q=" .. query .. "+" .. n)
end
"""


def url(name: str, path: str = "") -> str:
    return f"http://127.0.0.1:{PORTS[name]}{path}"


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(name: str, connections: int, seconds: int, path: str = "/", script: Path | None = None,
         headers: tuple[str, ...] = ()) -> tuple[float, float, float]:
    """Requests a second, median and 99th percentile in milliseconds, by wrk."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    command += ["-s", str(script)] if script else []
    for header in headers:
        command += ["-H", header]
    output = subprocess.run(command + [url(name, path)], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    if "Non-2xx" in output:
        sys.exit(f"{name} refused requests:\n{output}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return rate, *(milliseconds(re.search(rf"^\s+{share}%\s+(\S+)", output, re.MULTILINE).group(1)) for share in (50, 99))


def row(what: str, results: list[tuple[float, float, float]]) -> None:
    rate, median, high = (statistics.median(values) for values in zip(*results))
    print(f"{what:<44}{rate:>10,.0f}{median:>10.2f}{high:>10.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-peer", action="store_true", help="measure kotae alone")
    arguments = parser.parse_args()
    print(kotae.versions("kotae"))
    model = kotae.model_folder()
    questions = [re.sub(r'["\\]', " ", text) for text in texts.faq_questions(200)]
    quoted = ",".join(f'"{question}"' for question in questions)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        service.build_index(folder / "index", service.question_documents(arguments.documents))
        scripts = {}
        for name, path in (("kotae", "/v1/embeddings"), ("infinity", "/embeddings")):
            scripts[name] = folder / f"{name}.lua"
            scripts[name].write_text(EMBED % (quoted, model.name, path))
        (folder / "long.lua").write_text(LONG)
        (folder / "search.lua").write_text(SEARCH % quoted)
        commands = {"kotae": [kotae.COMMAND, "serve", folder / "index", "--port", PORTS["kotae"]]}
        ready = {"kotae": url("kotae", "/ready"), "infinity": url("infinity", "/health")}
        if not arguments.without_peer:
            commands["infinity"] = [
                PEER / "infinity_emb", "v2", "--model-id", model, "--served-model-name", model.name,
                "--engine", "torch", "--device", "cpu", "--no-bettertransformer", "--port", PORTS["infinity"]]
        print(f"{'':<44}{'a second':>10}{'median':>10}{'99 %':>10}")
        results: dict = {}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                process = service.start(command, ready[name])
                try:
                    load(name, 8, 2, script=scripts[name])
                    for connections in (1, 8, 64):
                        results.setdefault((connections, name), []).append(
                            load(name, connections, arguments.seconds, script=scripts[name]))
                finally:
                    service.stop(process)
        for (connections, name), found in sorted(results.items()):
            row(f"embeddings, {connections} connections, {name}", found)

        process = service.start(commands["kotae"], ready["kotae"])
        try:
            seconds, path = arguments.seconds, "/indexes/index/embeddings/7"
            octets = ("accept: application/octet-stream",)
            row("look-ups, 64 connections, bytes", [load("kotae", 64, seconds, path, headers=octets)])
            row("look-ups, 64 connections, JSON", [load("kotae", 64, seconds, path)])
            for connections in (1, 16):
                row(f"searches, {connections} connections",
                    [load("kotae", connections, seconds, script=folder / "search.lua")])
            row("short questions alone", [load("kotae", 1, seconds, script=scripts["kotae"])])
            others = subprocess.Popen(
                ["wrk", "-t1", "-c8", f"-d{seconds + 2}s", "--timeout", "30s", "-s", str(folder / "long.lua"),
                 url("kotae")], stdout=subprocess.DEVNULL)
            time.sleep(1)
            row("short questions beside 8 that post long texts",
                [load("kotae", 1, seconds, script=scripts["kotae"])])
            others.wait()
        finally:
            service.stop(process)


if __name__ == "__main__":
    main()
