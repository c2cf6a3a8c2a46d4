"""What the converters share: published files are read strictly, and what comes out is there whole or not.

A converter is a function from the folder of the published files to a `Files`: the name of each file that
comes out, with its records. Everything is converted before anything is written, so a published file that is
not as expected leaves nothing behind.
"""

import argparse
import csv
import io
import json
import os
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

# A dictionary is a line of JSON, a tuple a line of values separated by tabs.
Record = dict[str, object] | tuple[object, ...]
Files = dict[str, list[Record]]


class DatasetError(Exception):
    """A published file is not as expected; the message names it."""


def one_line(text: str | None) -> str:
    """The text with one space for every run of white space, none at its ends."""
    return " ".join((text or "").split())


def judgements(query: str, documents: Sequence[str]) -> list[Record]:
    """Lines of TREC's qrels for the documents that answer a query."""
    return [(query, 0, document, 1) for document in documents]


def text_of(path: Path, expected: str, encoding: str = "utf-8") -> str:
    """The text of a published file, line ends as they are; `expected` says what the file should be."""
    try:
        return path.read_bytes().decode(encoding)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(f"{path}: no such file; expected {expected}") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not UTF-8 at byte {error.start}; expected {expected}") from None


def read_table(path: Path, columns: Sequence[str], *, header: bool = True, delimiter: str = ",",
               quoted: bool = True) -> list[dict[str, str]]:
    """The rows of a CSV or TSV file, of which each must have a value in each of the columns.

    Without a header, `columns` are all that there are.
    """
    expected = f"a table with the columns {', '.join(columns)}"
    # Some files begin with a byte order mark, which would become part of the first column's name.
    text = io.StringIO(text_of(path, expected, "utf-8-sig"), newline="")
    reader = csv.DictReader(text, None if header else columns, delimiter=delimiter, strict=True,
                            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or [])]
        if missing:
            raise DatasetError(f"{path}: no column {', '.join(missing)}; expected {expected}")
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise DatasetError(f"{path}: line {reader.line_num}: too {'many' if None in row else 'few'} "
                                   f"values; expected {expected}")
            rows.append(row)
    except csv.Error as error:
        raise DatasetError(f"{path}: line {reader.reader.line_num}: {error}; expected {expected}") from None
    if not rows:
        raise DatasetError(f"{path}: no rows; expected {expected}")
    return rows


def read_json_lines(path: Path, types: dict[str, type]) -> list[dict]:
    """The objects of a file with one a line, of which each must have values of these types."""
    expected = f"a JSON object a line with {', '.join(f'{name} ({kind.__name__})' for name, kind in types.items())}"
    records = []
    for number, line in enumerate(text_of(path, expected).removesuffix("\n").split("\n"), 1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise DatasetError(f"{path}: line {number}: {error}; expected {expected}") from None
        if not isinstance(record, dict) or not all(isinstance(record.get(name), kind)
                                                   for name, kind in types.items()):
            raise DatasetError(f"{path}: line {number}: expected {expected}")
        records.append(record)
    return records


def read_xml(path: Path, element: str) -> Iterator[ElementTree.Element]:
    """The elements of a name, of which there must be one at least."""
    expected = f"XML with elements {element}"
    try:
        root = ElementTree.fromstring(text_of(path, expected))
    except ElementTree.ParseError as error:
        raise DatasetError(f"{path}: {error}; expected {expected}") from None
    if root.find(f".//{element}") is None:
        raise DatasetError(f"{path}: no element {element}; expected {expected}")
    return root.iter(element)


def write(files: Files, folder: Path) -> None:
    """Writes the files into a folder that is not there before and is there whole afterwards.

    They are made in a hidden folder beside it, flushed to the disk, and get their place by a renaming.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder}: is there already; remove it or name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{folder.name}.{os.getpid()}.partial"
    partial.mkdir()
    try:
        for name, records in files.items():
            path = partial / name
            path.parent.mkdir(exist_ok=True)
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(map(serialized, records))
                file.flush()
                os.fsync(file.fileno())
        for made in [*(path for path in partial.iterdir() if path.is_dir()), partial]:
            flush_folder(made)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial)
        raise
    flush_folder(folder.parent)


def serialized(record: Record) -> str:
    if isinstance(record, tuple):
        return "\t".join(map(str, record)) + "\n"
    return json.dumps(record, ensure_ascii=False) + "\n"


def flush_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def parser(description: str) -> argparse.ArgumentParser:
    """A parser of what every converter is told: the folder it reads and the one it makes."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("published", type=Path, metavar="PUBLISHED_FOLDER", help="where the published files are")
    result.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the folder to make")
    return result


def run(convert: Callable[[], Files], folder: Path) -> int:
    """Converts, writes and says what came out; or says what is wrong. The process's exit status."""
    try:
        files = convert()
        write(files, folder)
    except (DatasetError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for name, records in files.items():
        print(f"{len(records):8,}  {folder / name}")
    return 0
