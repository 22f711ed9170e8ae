"""Texts as long as ads, of about 90 words each, from the lines of the classifier's test texts."""

import json
import sys

words, lines = 0, []
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        columns = line.rstrip("\n").split("\t")
        if line.startswith("#") or len(columns) != 2:
            continue
        lines.append(columns[1].replace("\\n", "\n"))
        words += len(columns[1].split())
        if words >= 90:
            print(json.dumps({"id": len(lines), "text": ". ".join(lines)}, ensure_ascii=False))
            words, lines = 0, []
