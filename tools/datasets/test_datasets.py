"""Each converter on a tiny published folder made up here, and what it says of one that is not as expected.

    python3 -m unittest discover tools/datasets
"""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import banking77
import conversion
import covid_faq
import jaquad
import jsts
import mrpc
import semeval
import snopes
import stackfaq
import stsb


class ConverterTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.published = Path(scratch.name) / "published"
        self.made = Path(scratch.name) / "data" / "made"

    def publish(self, name, text):
        path = self.published / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def run_converter(self, converter, *options):
        """The exit status, and what was written to standard output and standard error."""
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = converter.main([str(self.published), "--to", str(self.made), *options])
        return status, output.getvalue(), errors.getvalue()

    def convert(self, converter, *options):
        """What comes out: for each file its lines, as objects or as tuples."""
        status, _, errors = self.run_converter(converter, *options)
        self.assertEqual((status, errors), (0, ""))
        return {str(path.relative_to(self.made)): [
            json.loads(line) if path.suffix == ".jsonl" else tuple(line.split("\t"))
            for line in path.read_text(encoding="utf-8").splitlines()]
            for path in self.made.rglob("*") if path.is_file()}

    def assert_refused(self, converter, *parts, options=()):
        """That the converter ends with 1, says all the parts, and leaves nothing behind."""
        status, output, errors = self.run_converter(converter, *options)
        self.assertEqual((status, output), (1, ""))
        for part in parts:
            self.assertIn(part, errors)
        self.assertEqual(list(self.made.parent.glob("*")), [])


class SnopesTest(ConverterTest):
    def setUp(self):
        super().setUp()
        self.publish("verified-claims.tsv", "title\tfact\nMoon\tThe  moon is 'cheese'.\nSun\t\"The sun\nis cold.\"\n"
                                            'Moon\tThe moon is ""cheese"".\n')
        self.tweets = ["Cheese up there! — A (@a)\tThe moon is 'cheese'."] * 800 + ["Brr\tThe sun is cold."]
        self.publish_pairs(self.tweets)

    def publish_pairs(self, rows):
        self.publish("fact-checking/tweet-veclaim-pairs.tsv", "\n".join(["claim\tfact", *rows]) + "\n")

    def test_the_first_800_are_train_and_every_copy_of_a_claim_is_relevant(self):
        files = self.convert(snopes)
        self.assertEqual(files["corpus.jsonl"][1], {"id": "vc00001", "text": "The sun is cold.", "title": "Sun"})
        self.assertEqual(len(files["train/queries.jsonl"]), 800)
        self.assertEqual(files["train/qrels.tsv"][:2],
                         [("tw0000", "0", "vc00000", "1"), ("tw0000", "0", "vc00002", "1")])
        self.assertEqual(files["test/queries.jsonl"], [{"id": "tw0800", "text": "Brr"}])
        self.assertEqual(files["test/qrels.tsv"], [("tw0800", "0", "vc00001", "1")])
        self.assertEqual(files["test/pairs.jsonl"], [{"query": "Brr", "positive": "The sun is cold.",
                                                      "qid": "tw0800", "docid": "vc00001"}])

    def test_a_claim_that_the_corpus_lacks(self):
        self.publish_pairs([*self.tweets, "Hm\tThe sea is dry."])
        self.assert_refused(snopes, "tweet-veclaim-pairs.tsv", "pair 802", "The sea is dry.")

    def test_too_few_pairs_for_the_split(self):
        self.publish_pairs(self.tweets[:800])
        self.assert_refused(snopes, "tweet-veclaim-pairs.tsv", "800 pairs")


class CovidFAQTest(ConverterTest):
    def setUp(self):
        super().setUp()
        self.publish("faq_db.csv", "ID,Category,Question,Answer,Answer (Original)\n"
                                   '2,safe  ty,Is it safe?,"Yes,\nit is.",Yes\n7,cost,What does it cost?,Nothing.,\n')
        self.publish("validation.csv", 'Question,Answer\nSafe at all?,"2, 7"\nWho are you?,-1\n')

    def test_answered_and_unanswered_questions(self):
        self.assertEqual(self.convert(covid_faq), {
            "corpus.jsonl": [
                {"id": "2", "text": "Is it safe?", "answer": "Yes, it is.", "category": "safe ty"},
                {"id": "7", "text": "What does it cost?", "answer": "Nothing.", "category": "cost"}],
            "test/queries.jsonl": [{"id": "v000", "text": "Safe at all?"}],
            "test/qrels.tsv": [("v000", "0", "2", "1"), ("v000", "0", "7", "1")],
            "test/unanswerable.jsonl": [{"id": "v001", "text": "Who are you?"}]})

    def test_an_entry_that_the_faq_lacks(self):
        self.publish("validation.csv", "Question,Answer\nSafe?,3\n")
        self.assert_refused(covid_faq, "validation.csv", "question 1", '"3"')


class StackFAQTest(ConverterTest):
    def publish_entries(self, count):
        self.publish("stackExchange-FAQ.xml", "<root>" + "".join(
            f"<qapair><rephr>\nAsk {number}?\n</rephr><rephr>*</rephr><rephr>\n</rephr><rephr>Or {number} &lt;b&gt;?"
            f"</rephr><question>Q{number}</question><answer>  A </answer><answer>B</answer></qapair>"
            for number in range(count)) + "</root>")

    def test_questions_to_entries_that_are_not_left_out(self):
        self.publish_entries(41)
        files = self.convert(stackfaq)
        self.assertEqual(len(files["corpus.jsonl"]), 41)
        self.assertEqual(files["corpus.jsonl"][3],
                         {"id": "faq003", "text": "Q3", "answer": "A", "answers": ["A", "B"]})
        entry = int(files["train/queries.jsonl"][0]["id"][1:4])
        self.assertEqual(files["train/queries.jsonl"], [{"id": f"q{entry:03}_00", "text": f"Ask {entry}?"},
                                                        {"id": f"q{entry:03}_01", "text": f"Or {entry} <b>?"}])
        self.assertEqual(files["train/qrels.tsv"][1], (f"q{entry:03}_01", "0", f"faq{entry:03}", "1"))
        self.assertEqual(files["train/pairs.jsonl"][0], {"query": f"Ask {entry}?", "positive": f"Q{entry}",
                                                         "qid": f"q{entry:03}_00", "docid": f"faq{entry:03}"})

    def test_too_few_entries(self):
        self.publish_entries(40)
        self.assert_refused(stackfaq, "stackExchange-FAQ.xml", "40 elements qapair")

    def test_an_entry_without_an_answer(self):
        self.publish("stackExchange-FAQ.xml", f"<r>{'<qapair><question>Q</question></qapair>' * 41}</r>")
        self.assert_refused(stackfaq, "stackExchange-FAQ.xml", "qapair 1")

    def test_broken_xml(self):
        self.publish("stackExchange-FAQ.xml", "<root><qapair></root>")
        self.assert_refused(stackfaq, "stackExchange-FAQ.xml", "line 1", "elements qapair")

    def test_other_xml(self):
        self.publish("stackExchange-FAQ.xml", "<html/>")
        self.assert_refused(stackfaq, "stackExchange-FAQ.xml", "no element qapair")


class SemEvalTest(ConverterTest):
    def publish_part(self, part, threads):
        """Threads are (subject and body of the query, id of the candidate, its subject and body, relevance)."""
        self.publish(semeval.PARTS[part], '<?xml version="1.0" encoding="utf-8"?><xml>' + "".join(
            f'<OrgQuestion ORGQ_ID="Q1"><OrgQSubject>{subject}</OrgQSubject><OrgQBody>{body}</OrgQBody><Thread>'
            f'<RelQuestion RELQ_ID="{document}" RELQ_RELEVANCE2ORGQ="{grade}"><RelQSubject>{related}</RelQSubject>'
            f"<RelQBody>{more}</RelQBody></RelQuestion></Thread></OrgQuestion>"
            for subject, body, document, related, more, grade in threads) + "</xml>")

    def test_texts_and_grades(self):
        self.publish_part("dev", [
            ("Bank", "Which\n one?", "Q1_R4", "Best bank", "Best bank", "PerfectMatch"),
            ("Bank", "Which one?", "Q1_R5", "Cash?", "", "Relevant"),
            ("Bank", "Which one?", "Q1_R9", "Cats", "Mail me@cats.example.com or 5517 2547, not 6983357",
             "Irrelevant")])
        self.assertEqual(self.convert(semeval, "--parts", "dev", "dev"), {
            "corpus.jsonl": [{"id": "Q1_R4", "text": "Best bank"}, {"id": "Q1_R5", "text": "Cash?"},
                             {"id": "Q1_R9", "text": "Cats. Mail [email] or [number], not 6983357"}],
            "dev/queries.jsonl": [{"id": "Q1", "text": "Bank. Which one?"}],
            "dev/qrels.tsv": [("Q1", "0", "Q1_R4", "2"), ("Q1", "0", "Q1_R5", "1"), ("Q1", "0", "Q1_R9", "0")],
            "dev/pairs.jsonl": [
                {"sentence1": "Bank. Which one?", "sentence2": "Best bank", "score": 1, "qid": "Q1",
                 "docid": "Q1_R4", "grade": "PerfectMatch"},
                {"sentence1": "Bank. Which one?", "sentence2": "Cash?", "score": 1, "qid": "Q1",
                 "docid": "Q1_R5", "grade": "Relevant"},
                {"sentence1": "Bank. Which one?", "sentence2": "Cats. Mail [email] or [number], not 6983357",
                 "score": 0, "qid": "Q1", "docid": "Q1_R9", "grade": "Irrelevant"}]})

    def test_all_parts_are_wanted_without_a_choice(self):
        for part in semeval.PARTS:
            self.publish_part(part, [("A", "b", f"{part}_R1", "C", "d", "Relevant")])
        files = self.convert(semeval)
        self.assertEqual([document["id"] for document in files["corpus.jsonl"]],
                         ["train-part1_R1", "train-part2_R1", "dev_R1", "test2016_R1"])
        self.assertEqual({Path(name).parent.name for name in files}, {"", *semeval.PARTS})

    def test_a_part_that_is_not_there(self):
        self.publish_part("dev", [("A", "b", "Q1_R1", "C", "d", "Relevant")])
        self.assert_refused(semeval, "SemEval2016-Task3-CQA-QL-train-part1.xml: no such file", "OrgQuestion")

    def test_a_file_without_labels(self):
        self.publish_part("test2016", [("A", "b", "Q1_R1", "C", "d", "?")])
        self.assert_refused(semeval, "CQA-QL-test.xml", "Q1_R1", '"?"', "PerfectMatch",
                            options=["--parts", "test2016"])

    def test_a_candidate_without_a_text(self):
        self.publish_part("dev", [("A", "b", "Q1_R1", "", "", "Relevant")])
        self.assert_refused(semeval, "CQA-QL-dev.xml", "Q1_R1", "subject or body", options=["--parts", "dev"])


class Banking77Test(ConverterTest):
    def test_labels_and_pairs(self):
        self.publish("train.csv", "text,category\n"
                                  'One,Card_lost\n"Two,\ntwo",Card_lost\nOne,Card_lost\nThree,top_up\n')
        self.publish("test.csv", "text,category\nFour,top_up\n")
        files = self.convert(banking77)
        self.assertEqual(files["corpus.jsonl"], [{"id": "i000", "text": "card lost", "label": "Card_lost"},
                                                 {"id": "i001", "text": "top up", "label": "top_up"}])
        self.assertEqual(files["train/labeled.jsonl"][1], {"text": "Two, two", "label": "Card_lost"})
        self.assertEqual(files["train/queries.jsonl"][3], {"id": "train00003", "text": "Three"})
        self.assertEqual(files["train/qrels.tsv"][3], ("train00003", "0", "i001", "1"))
        self.assertEqual(files["test/qrels.tsv"], [("test00000", "0", "i001", "1")])
        # Of the messages of an intent that differ, and as often as there are pairings.
        self.assertEqual([({pair["query"], pair["positive"]}, pair["intent"]) for pair in files["train/pairs.jsonl"]],
                         [({"One", "Two, two"}, "Card_lost")] * 2)
        self.assertNotIn("test/pairs.jsonl", files)


class JaQuADTest(ConverterTest):
    def publish_part(self, part, number, contexts):
        self.publish(f"{part}/jaquad_{part}_{number:04}.json", json.dumps({"data": [{"title": "題", "paragraphs": [
            {"context": context, "qas": [{"id": f"{part}-{context[0]}", "question": "何?",
                                          "answers": [{"text": "答"}]}]} for context in contexts]}]}))

    def test_a_sample_of_train_and_all_of_dev(self):
        self.publish_part("train", 1, ["丙"])
        self.publish_part("train", 0, ["甲\n\n甲", "乙"])
        self.publish_part("dev", 0, ["丁"])
        whole = self.convert(jaquad, "--train-paragraphs", "3")
        self.assertEqual(whole["corpus.jsonl"][0], {"id": "p00000", "text": "甲 甲", "title": "題"})
        self.assertEqual([document["text"] for document in whole["corpus.jsonl"]], ["甲 甲", "乙", "丙", "丁"])
        self.assertEqual(whole["train/queries.jsonl"][1], {"id": "train-乙", "text": "何?", "answer": "答"})
        self.assertEqual(whole["dev/qrels.tsv"], [("dev-丁", "0", "p00003", "1")])

        self.made = self.made.with_name("sample")
        sample = self.convert(jaquad, "--train-paragraphs", "1")
        self.assertEqual(len(sample["corpus.jsonl"]), 2)
        self.assertEqual(len(sample["train/queries.jsonl"]), 1)
        self.assertEqual(sample["train/qrels.tsv"][0][2], sample["corpus.jsonl"][0]["id"])
        self.assertEqual(sample["dev/qrels.tsv"], whole["dev/qrels.tsv"])

    def test_fewer_paragraphs_than_wanted(self):
        self.publish_part("train", 0, ["甲"])
        self.publish_part("dev", 0, ["丁"])
        self.assert_refused(jaquad, "1 paragraphs", "--train-paragraphs is 7000")

    def test_no_files(self):
        self.assert_refused(jaquad, str(self.published / "train"), "jaquad_*.json")

    def test_another_form(self):
        for text, part in [("{", "jaquad_dev_0000.json: Expecting"), ('{"data": [{"title": "題"}]}', "'paragraphs'"),
                           ('{"data": [{"title": "題", "paragraphs": [{"context": "丁"}]}]}', "'qas'")]:
            self.publish_part("train", 0, ["甲"])
            self.publish("dev/jaquad_dev_0000.json", text)
            self.assert_refused(jaquad, part, options=["--train-paragraphs", "1"])


class SentencePairTest(ConverterTest):
    def test_stsb(self):
        for part in ("train", "dev", "test"):
            self.publish(f"stsb-en-{part}.csv", '"A man, a  plan.",Sam\x12s canal.,4.75\n')
        self.assertEqual(self.convert(stsb), {
            f"{part}/pairs.jsonl": [{"sentence1": "A man, a plan.", "sentence2": "Sam's canal.", "score": 4.75}]
            for part in ("train", "dev", "test")})

    def test_a_score_that_is_no_number(self):
        self.publish("stsb-en-train.csv", "A,B,1\nC,D,high\n")
        self.assert_refused(stsb, "stsb-en-train.csv", "row 2", '"high"')

    def test_mrpc(self):
        for part in ("train", "test"):
            self.publish(f"msr_paraphrase_{part}.txt", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
                                                       '1\t10\t20\t"So, he said.\tHe said "so".\r\n')
        self.assertEqual(self.convert(mrpc), {
            f"{part}/pairs.jsonl": [{"sentence1": '"So, he said.', "sentence2": 'He said "so".', "label": 1,
                                     "id1": "10", "id2": "20"}] for part in ("train", "test")})

    def test_a_label_that_is_none(self):
        self.publish("msr_paraphrase_train.txt", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n2\t1\t2\tA\tB\n")
        self.assert_refused(mrpc, "msr_paraphrase_train.txt", "row 1", '"2"')

    def test_jsts(self):
        line = {"sentence_pair_id": "0", "yjcaptions_id": "5-6", "sentence1": "犬が\u2028いる。", "sentence2": "猫がいる。",
                "label": 1.5}
        for part in ("train", "valid"):
            self.publish(f"{part}-v1.3.json", json.dumps(line, ensure_ascii=False) + "\n")
        self.assertEqual(self.convert(jsts), {
            f"{part}/pairs.jsonl": [{"sentence1": "犬が いる。", "sentence2": "猫がいる。", "score": 1.5, "id": "0",
                                     "yjcaptions_id": "5-6"}] for part in ("train", "valid")})

    def test_json_lines_of_another_form(self):
        good = '{"sentence1": "a", "sentence2": "b", "label": 0.0, "sentence_pair_id": "0", "yjcaptions_id": "1"}\n'
        for bad in ['{"sentence1"', '["sentence1"]', '{"sentence1": "a"}', good.replace('"b"', "null"), ""]:
            self.publish("train-v1.3.json", good + bad + "\n")
            self.assert_refused(jsts, "train-v1.3.json: line 2", "sentence2 (str)")


class TableTest(ConverterTest):
    """What is refused in every table, by the example of one."""

    def assert_table_refused(self, text, *parts):
        self.publish("train.csv", text)
        self.assert_refused(banking77, str(self.published / "train.csv"), *parts, "columns text, category")

    def test_no_file(self):
        self.assert_refused(banking77, str(self.published / "train.csv"), "no such file", "columns text, category")

    def test_no_column(self):
        self.assert_table_refused("text,intent\nOne,a\n", "no column category")

    def test_nothing(self):
        self.assert_table_refused("", "no column text, category")

    def test_no_rows(self):
        self.assert_table_refused("text,category\n", "no rows")

    def test_too_few_values(self):
        self.assert_table_refused("text,category\nOne,a\nTwo\n", "line 3", "too few values")

    def test_too_many_values(self):
        self.assert_table_refused("text,category\nOne,a,b\n", "line 2", "too many values")

    def test_a_quotation_without_its_end(self):
        self.assert_table_refused('text,category\n"One,a\n', "line 2")

    def test_not_utf8(self):
        self.assert_table_refused(b"text,category\nCaf\xe9,a\n", "not UTF-8 at byte 17")


class WritingTest(ConverterTest):
    FILES = {"corpus.jsonl": [{"id": "1", "text": "é"}], "test/qrels.tsv": [("q", 0, "1", 1)]}

    def test_the_bytes(self):
        conversion.write(self.FILES, self.made)
        self.assertEqual((self.made / "corpus.jsonl").read_bytes(), '{"id": "1", "text": "é"}\n'.encode())
        self.assertEqual((self.made / "test/qrels.tsv").read_bytes(), b"q\t0\t1\t1\n")
        self.assertEqual([path.name for path in self.made.parent.iterdir()], ["made"])

    def test_what_is_there_stays(self):
        conversion.write(self.FILES, self.made)
        with self.assertRaisesRegex(conversion.DatasetError, "is there already"):
            conversion.write({"corpus.jsonl": []}, self.made)
        self.assertTrue((self.made / "corpus.jsonl").read_bytes())

    def test_a_failure_while_writing_leaves_nothing(self):
        with mock.patch("os.fsync", side_effect=[None, OSError("no space left")]):
            with self.assertRaisesRegex(OSError, "no space left"):
                conversion.write(self.FILES, self.made)
        self.assertEqual(list(self.made.parent.iterdir()), [])

    def test_a_folder_that_cannot_be_made(self):
        self.publish("file", "")
        self.made = self.published / "file" / "made"
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.assertEqual(conversion.run(lambda: self.FILES, self.made), 1)
        self.assertIn(str(self.published / "file"), errors.getvalue())

    def test_as_a_command(self):
        script = Path(__file__).with_name("covid_faq.py")
        command = subprocess.run([sys.executable, script, self.published, "--to", self.made],
                                 capture_output=True, text=True)
        self.assertEqual(command.returncode, 1)
        self.assertIn("faq_db.csv: no such file", command.stderr)
        self.assertNotIn("Traceback", command.stderr)


if __name__ == "__main__":
    unittest.main()
