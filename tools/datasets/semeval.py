"""Questions of a forum to ten related ones each (SemEval 2016, task 3, subtask B, English).

PUBLISHED_FOLDER holds the XML files under their published names, from the task's page,
http://alt.qcri.org/semeval2016/task3/index.php?id=data-and-tools, or from copies of them: train and dev are in
Data of https://github.com/whiskeyromeo/CommunityQuestionAnswering (commit
6408cbaacd24212a6998ccd85c1e23199b005c56), the test file with its labels is in Task3 of
https://github.com/ahashisyuu/Community-Question-Answer-master (commit
cb148d9353c35f7b6cb8b244acaa61c58f07fec8). Their README.txt says: "These datasets are free for general
research use."

The qrels keep the irrelevant candidates with a relevance of 0, because they are what the task ranks for each
query. E-mail addresses and long numbers, such as those of telephones, become [email] and [number]: people who
posted them ten years ago have not been asked whether they should be found.
"""

import re
import sys
from pathlib import Path
from xml.etree.ElementTree import Element

import conversion
from conversion import DatasetError, Files, one_line

PARTS = {
    "train-part1": "SemEval2016-Task3-CQA-QL-train-part1.xml",
    "train-part2": "SemEval2016-Task3-CQA-QL-train-part2.xml",
    "dev": "SemEval2016-Task3-CQA-QL-dev.xml",
    "test2016": "SemEval2016-Task3-CQA-QL-test.xml",
}
RELEVANCE = {"PerfectMatch": 2, "Relevant": 1, "Irrelevant": 0}
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\w)\+?\d[\d .-]{6,}\d(?!\w)")


def question_text(question: Element, kind: str) -> str:
    """Subject and body in one; the subject alone where the body is empty or repeats it."""
    subject, body = (one_line(question.findtext(f"{kind}{field}")) for field in ("Subject", "Body"))
    text = f"{subject}. {body}" if body and body != subject else subject
    return NUMBER.sub("[number]", EMAIL.sub("[email]", text))


def convert(published: Path, parts: list[str]) -> Files:
    files: Files = {"corpus.jsonl": []}
    for part in dict.fromkeys(parts):
        path = published / PARTS[part]
        queries, qrels, pairs = {}, [], []
        # A query stands before each of its candidates anew.
        for original in conversion.read_xml(path, "OrgQuestion"):
            query, text = original.get("ORGQ_ID"), question_text(original, "OrgQ")
            queries.setdefault(query, {"id": query, "text": text})
            for related in original.iter("RelQuestion"):
                document, grade = related.get("RELQ_ID"), related.get("RELQ_RELEVANCE2ORGQ")
                related_text = question_text(related, "RelQ")
                if not (query and text and document and related_text):
                    raise DatasetError(f"{path}: query {query}, related question {document}: expected ORGQ_ID and "
                                       "RELQ_ID, and a subject or body of both")
                if grade not in RELEVANCE:
                    raise DatasetError(f"{path}: query {query}, related question {document}: RELQ_RELEVANCE2ORGQ is "
                                       f'"{grade}"; expected one of {", ".join(RELEVANCE)}')
                files["corpus.jsonl"].append({"id": document, "text": related_text})
                qrels.append((query, 0, document, RELEVANCE[grade]))
                pairs.append({"sentence1": text, "sentence2": related_text, "score": int(RELEVANCE[grade] > 0),
                              "qid": query, "docid": document, "grade": grade})
        files |= {f"{part}/queries.jsonl": list(queries.values()), f"{part}/qrels.tsv": qrels,
                  f"{part}/pairs.jsonl": pairs}
    return files


def main(arguments: list[str] | None = None) -> int:
    parser = conversion.parser(__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS),
                        help="which parts to convert, all without it")
    options = parser.parse_args(arguments)
    return conversion.run(lambda: convert(options.published, options.parts), options.to)


if __name__ == "__main__":
    sys.exit(main())
