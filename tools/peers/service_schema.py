"""Does `kotae serve` answer as its own /openapi.json says?

schemathesis makes requests from the document, right ones and wrong ones, one after the other and in sequences
that follow from each other, and holds every answer against it: no server error, no status or body that the
document does not have, no wrong request that is taken. Requests that the document allows may still be refused:
no schema tells which prompts a model has, or what stands in an index.

    tools/peers/setup
    .peers/schemathesis/bin/python tools/peers/service_schema.py [--examples 300] [--seed 1]

KOTAE and KOTAE_MODELS: see README.md. Exits with what schemathesis does, 1 when it found something.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import kotae
import service

PORT = 18770
# What there is to be asked for, so that not every answer is a 404.
CONFIGURATION = """
[parameters]
"path.index" = "faq"
"path.id" = "3"
"path.model" = "all-MiniLM-L6-v2"

[checks]
positive_data_acceptance.enabled = false
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=300, help="requests made for each route")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(kotae.versions("kotae", "schemathesis"), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        service.build_index(folder / "faq", service.question_documents(200))
        (folder / "schemathesis.toml").write_text(CONFIGURATION)
        url = f"http://127.0.0.1:{PORT}"
        process = service.start(
            [kotae.COMMAND, "serve", folder / "faq", "--port", PORT, "--writable", "--feedback", folder / "said"],
            url + "/ready")
        try:
            status = subprocess.run(
                [Path(sys.executable).with_name("schemathesis"), "run", url + "/openapi.json", "--max-examples",
                 str(arguments.examples), "--seed", str(arguments.seed), "--generation-database", "none",
                 "--request-timeout", "30", "--continue-on-failure"], cwd=folder).returncode
        finally:
            ended = service.stop(process)
    sys.exit(status or ended)


if __name__ == "__main__":
    main()
