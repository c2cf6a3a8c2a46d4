"""Reads an index folder of Kotae from Python, without Kotae.

    pip install lmdb numpy faiss-cpu
    python tools/examples/read_index.py FOLDER ID

Prints one JSON object: the document's id, question and the first numbers of its stored embedding; and
the documents whose texts are nearest to it by FAISS, each with its score, the first one itself.

What it shows is all that another program needs: vectors in the folder's LMDB environment, found by a
document's own id, and rows of vectors.faiss, which the table "rows" leads back to vectors and the
table "passages" to documents. Sources/EmbeddingStore/EmbeddingStore.docc/Layout.md has every table.
"""

import json
import struct
import sys
from hashlib import sha256

import faiss
import lmdb
import numpy as np

FORMAT, NEIGHBOURS = 2, 5


def crc32c_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC32C = crc32c_table()


def crc32c(data: bytes) -> int:
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum = CRC32C[(checksum ^ byte) & 0xFF] ^ checksum >> 8
    return checksum ^ 0xFFFFFFFF


def unsealed(key: bytes, value: bytes) -> bytes:
    """A value without its last 8 bytes, the CRC-32C of the key and of the rest."""
    payload, seal = value[:-8], value[-8:]
    if crc32c(key + payload) != int.from_bytes(seal, "little"):
        sys.exit(f"a damaged record: its checksum is wrong (key {key.hex()})")
    return payload


class Index:
    """An index folder, open for reading; each reading is over one snapshot."""

    def __init__(self, folder: str):
        self.environment = lmdb.open(folder, readonly=True, max_dbs=32, create=False)
        self.tables = {name: self.environment.open_db(name.encode(), create=False)
                       for name in ["meta", "documents", "vectors", "rows", "passages", "document_vectors", "ids"]}
        self.transaction = self.environment.begin()
        found = self.json("meta", b"format")
        if found != FORMAT:
            sys.exit(f"{folder}: format {found}, and this script reads {FORMAT}")
        self.dimensions = self.json("meta", b"dimensions")
        self.vectors = faiss.read_index(f"{folder}/vectors.faiss")

    def get(self, table: str, key: bytes) -> bytes | None:
        """The value of a key; the first, where it has several."""
        value = self.transaction.get(key, db=self.tables[table])
        return None if value is None else unsealed(key, value)

    def json(self, table: str, key: bytes):
        return json.loads(self.get(table, key))

    def document(self, key: bytes) -> dict:
        return self.json("documents", key)

    def document_key(self, document_id: str) -> bytes | None:
        """Keys are u64, native-endian. An id of more than 511 bytes is found by its hash."""
        key = document_id.encode()
        return self.get("ids", key if len(key) <= 511 else b"\xff" + sha256(key).digest())

    def question_vector(self, document: bytes) -> np.ndarray:
        """The question's record sorts first: kind u32, ordinal u32, vector u64, big-endian."""
        kind, _, vector = struct.unpack(">IIQ", self.get("document_vectors", document))
        assert kind == 0
        return np.frombuffer(self.get("vectors", struct.pack("=Q", vector)), dtype="<f4")

    def neighbours(self, vector: np.ndarray, count: int) -> list[tuple[dict, float]]:
        """Documents by FAISS: row, vector, the first text that it stands for, document."""
        scores, rows = self.vectors.search(vector.reshape(1, -1), min(count, self.vectors.ntotal))
        found = []
        for row, score in zip(rows[0].tolist(), scores[0].tolist()):
            passage = self.get("passages", self.get("rows", struct.pack("=Q", row)))
            if passage is None:  # no document has this text any more
                continue
            document, _, _ = struct.unpack(">QII", passage)
            found.append((self.document(struct.pack("=Q", document)), score))
        return found


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, document_id = sys.argv[1:]
    index = Index(folder)
    key = index.document_key(document_id)
    if key is None:
        sys.exit(f'{folder}: there is no document with the id "{document_id}"')
    document, vector = index.document(key), index.question_vector(key)
    print(json.dumps({
        "id": document["id"], "question": document["question"], "dimensions": len(vector),
        "embedding": vector[:4].tolist(),
        "neighbours": [{"id": near["id"], "score": round(score, 6)}
                       for near, score in index.neighbours(vector, NEIGHBOURS)],
    }, ensure_ascii=False))


if __name__ == "__main__":
    main()
