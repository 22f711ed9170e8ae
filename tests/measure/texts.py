"""The texts of a demo's truth.jsonl as input for `bavn read`, repeated to 20,000 lines."""

import itertools
import json
import sys

rows = []
for line in open(sys.argv[1], encoding="utf-8"):
    ad = json.loads(line)
    for version in ad["versions"]:
        rows.append({"text": version["title"] + "\n" + version["body"], "fields": version["fields"]})
for number, row in zip(range(20_000), itertools.cycle(rows)):
    print(json.dumps({"id": str(number), **row}, ensure_ascii=False))
