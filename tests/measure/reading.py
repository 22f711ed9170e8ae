#!/usr/bin/env python3
"""What `bavn read` makes of the unseen texts (tests/data/reading_unseen), against their truth.

  reading.py BAVN              totals: no text, no id of a text (the default, so that nobody fits patterns to them)
  reading.py BAVN --json       the same as one JSON object
  reading.py BAVN --show KIND  each difference of one kind or indicator; only after the patterns are frozen
  reading.py BAVN --folder F   other texts of tests/data than `reading_unseen`

Exact: the value and the span are right. Value: the value is right, each counted once a text. Where the truth is open,
nothing is counted. Places are right when the municipality is, ambiguous ones when all candidates are named.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
sys.path.insert(0, str(DATA / "reading_unseen"))
sys.dont_write_bytecode = True
from compile_ads import SCOPE  # noqa: E402

KINDS = ["phones plain", "phones hidden", "prices", "ages", "places", "names", "e-mails and handles", "links",
         "addresses", "language"]
# Read off the mentions by rule; what wording says is counted apart.
COMPUTED = {"foreign_prefix", "several_phones_in_ad", "obscured_phone", "low_stated_age", "price_missing"}
# Part 3 asks for wording in these languages; what other texts say is counted apart.
WORDED = {"da", "en", "sv", "de"}


def value(kind, mention):
    if kind == "phones":
        return mention["e164"]
    if kind == "prices":
        return (mention["amount"], mention["currency"], mention["minutes"])
    if kind == "ages":
        return mention["years"]
    if kind == "places":
        if "codes" in mention:
            return tuple(mention["codes"])
        return (mention["municipality_code"],) if mention["municipality_code"] else tuple(mention["candidates"])
    if kind == "handles":
        return (mention["service"], mention["handle"].lower().lstrip("@"))
    if kind == "urls":
        return re.sub(r"^https?://(?:www\.)?|^www\.|/$", "", mention["url"].lower())
    if kind == "addresses":
        return re.sub(r"[\s.,]+", "", mention["text"].lower())
    return " ".join(mention[{"names": "name", "emails": "address"}[kind]].lower().split())


def row(kind, mention):
    if kind == "phones":
        return "phones hidden" if mention["obscured"] else "phones plain"
    return {"emails": "e-mails and handles", "handles": "e-mails and handles", "urls": "links"}.get(kind, kind)


def place_of(mention):
    return (mention["field"], mention["start"], mention["end"])


def overlaps(one, other):
    return one["field"] == other["field"] and one["start"] < other["end"] and other["start"] < one["end"]


class Count:
    def __init__(self):
        self.right = self.extra = self.missing = 0

    def add(self, wanted, got):
        both = sum((collections.Counter(wanted) & collections.Counter(got)).values())
        self.right += both
        self.missing += len(wanted) - both
        self.extra += len(got) - both

    def f1(self):
        parts = 2 * self.right + self.extra + self.missing
        return 2 * self.right / parts if parts else 1.0

    def precision(self):
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    def recall(self):
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    def report(self):
        return {"right": self.right, "extra": self.extra, "missing": self.missing,
                "precision": round(self.precision(), 4), "recall": round(self.recall(), 4), "f1": round(self.f1(), 4)}


class Score:
    def __init__(self, show=None):
        self.exact, self.value = collections.defaultdict(Count), collections.defaultdict(Count)
        self.indicators, self.others = collections.defaultdict(Count), Count()
        self.obscured = Count()
        self.show = show

    def tell(self, id_, kind, wanted, got, words):
        if self.show in (kind, "all"):
            for sign, one, other in (("missing", wanted, got), ("extra", got, wanted)):
                for item in (collections.Counter(one) - collections.Counter(other)).elements():
                    print(id_, sign, kind, item, words(item))

    def mentions(self, case, found):
        truth = case["truth"]
        texts = {"text": case["text"], **{"fields." + name: text for name, text in case.get("fields", {}).items()}}

        def words(item):
            (field, start, end) = item[1]
            return repr(texts[field].encode()[start:end].decode(errors="replace"))

        for kind in ("phones", "prices", "ages", "places", "names", "emails", "handles", "urls", "addresses"):
            wanted = truth.get(kind, [])
            rows = {value(kind, mention): row(kind, mention) for mention in wanted}
            got = [mention for mention in found[kind]
                   if not any(overlaps(mention, open_) for open_ in truth.get("open", []))]
            halves = collections.defaultdict(lambda: ([], []))
            for mention in wanted:
                halves[row(kind, mention)][0].append((value(kind, mention), place_of(mention)))
            for mention in got:
                which = rows.get(value(kind, mention))
                if kind == "phones" and which is None:
                    near = [one for one in wanted if overlaps(one, mention)]
                    which = row(kind, near[0]) if near else None
                halves[which or row(kind, mention)][1].append((value(kind, mention), place_of(mention)))
            for name, (right, read) in halves.items():
                self.exact[name].add(right, read)
                self.value[name].add(list({item[0] for item in right}), list({item[0] for item in read}))
                self.tell(case["id"], name, right, read, words)
            if kind == "phones":
                open_ = {mention["e164"] for mention in wanted if mention["open"]}
                self.obscured.add([m["e164"] for m in wanted if m["obscured"]],
                                  [m["e164"] for m in got if m["obscured"] and m["e164"] not in open_])
        first = found["languages"][:1]
        first = ["no" if language in ("nb", "nn") else language for language in first]
        for count in (self.exact, self.value):
            count["language"].add([truth["language"]], first)
        self.tell(case["id"], "language", [truth["language"]], first, lambda _: "")

    def firings(self, case, found):
        truth = case["truth"]
        open_ = set(truth["open_indicators"])
        wanted = set(truth["indicators"]) - open_
        got = {firing["indicator"] for firing in found["indicators"]} & set(SCOPE) - open_
        if truth["language"] not in WORDED:
            self.others.add(list(wanted - COMPUTED), list(got - COMPUTED))
            wanted, got = wanted & COMPUTED, got & COMPUTED
        for name in wanted | got:
            right, read = [name] * (name in wanted), [name] * (name in got)
            self.indicators[name].add(right, read)
            self.tell(case["id"], name, right, read, lambda _: "")

    def over(self, names):
        total = Count()
        for name in names:
            one = self.indicators[name]
            total.right, total.extra, total.missing = (
                total.right + one.right, total.extra + one.extra, total.missing + one.missing)
        return total.report()

    def report(self, texts):
        return {
            "texts": texts,
            "exact": {kind: self.exact[kind].report() for kind in KINDS},
            "value": {kind: self.value[kind].report() for kind in KINDS},
            "obscured flag": self.obscured.report(),
            "indicators": self.over(SCOPE),
            "indicators by wording": self.over([name for name in SCOPE if name not in COMPUTED]),
            "possible minor": self.over(["possible_minor"]),
            "wording in other languages": self.others.report(),
            "by indicator": {name: self.indicators[name].report() for name in SCOPE},
        }


def read(program, cases):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "ads.jsonl"
        asked = [{name: case[name] for name in ("id", "text", "fields") if name in case} for case in cases]
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8")
        done = subprocess.run([program, "read", str(file)], stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def table(report):
    print("texts:", report["texts"])
    print(f"{'':32}{'exact F1':>9}{'value F1':>9}{'right':>7}{'extra':>7}{'missing':>8}")
    for kind in KINDS:
        exact, by_value = report["exact"][kind], report["value"][kind]
        print(f"{kind:32}{exact['f1']:9.3f}{by_value['f1']:9.3f}{exact['right']:7}{exact['extra']:7}{exact['missing']:8}")
    print(f"\n{'':32}{'precision':>9}{'recall':>9}{'right':>7}{'extra':>7}{'missing':>8}")
    lines = [(name, report[name]) for name in ("obscured flag", "indicators", "indicators by wording", "possible minor",
                                               "wording in other languages")]
    for name, one in lines + list(report["by indicator"].items()):
        print(f"{name:32}{one['precision']:9.3f}{one['recall']:9.3f}{one['right']:7}{one['extra']:7}{one['missing']:8}")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--totals"]
    show = arguments[arguments.index("--show") + 1] if "--show" in arguments else None
    folder = DATA / (arguments[arguments.index("--folder") + 1] if "--folder" in arguments else "reading_unseen")
    cases = [json.loads(line) for line in (folder / "ads.jsonl").read_text(encoding="utf-8").splitlines()]
    score = Score(show)
    for case, found in zip(cases, read(arguments[0], cases), strict=True):
        score.mentions(case, found)
        score.firings(case, found)
    if "--json" in arguments:
        print(json.dumps(score.report(len(cases))))
    elif not show:
        table(score.report(len(cases)))


if __name__ == "__main__":
    main()
