"""How much faster the catalogue's patterns run in bavn than in PyPI's `regex`: the same expressions over the same folded
texts, in interleaved rounds of one run. Usage: indicators.py BAVN TEXTS.jsonl [ROUNDS]

`regex` searches every expression for its first match, so it has less to do than bavn, which also finds the others and
asks its guards."""

import json
import subprocess
import sys
import time

import regex

bavn, texts, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5


def ours():
    ran = subprocess.run([bavn, "indicators", "time", texts, "--rounds", "20"], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


listed = subprocess.run([bavn, "indicators", "patterns"], capture_output=True, text=True, check=True).stdout
sources = [json.loads(line)["regex"] for line in listed.splitlines() if json.loads(line)["table"] == "wording"]
# The boundary is ASCII's, as in bavn.
patterns = [regex.compile(source.replace("(?-u:\\b)", "\\b"), regex.ASCII) for source in sources]
folded = ours()["folded"]
for pattern in patterns:
    pattern.search("")
ratios = []
for number in range(rounds):
    own = ours()["seconds"]
    start = time.perf_counter()
    found = sum(1 for text in folded for pattern in patterns if pattern.search(text))
    theirs = time.perf_counter() - start
    ratios.append(theirs / own)
    print(f"round {number + 1}: bavn {len(folded) / own:,.0f} texts/s, regex {len(folded) / theirs:,.0f} texts/s, "
          f"{theirs / own:.0f} times ({len(patterns)} patterns, {found} found)")
print(f"median: {sorted(ratios)[len(ratios) // 2]:.0f} times")
