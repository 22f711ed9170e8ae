"""Bands by kind of operator, and owner pairs, of a demo against its truth. Usage: population.py FOLDER"""

import collections
import itertools
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
read = lambda name: [json.loads(line) for line in (folder / name).open(encoding="utf-8")]
truth = {(row["site"], row["ad_id"]): row for row in read("data/truth.jsonl")}
entities = {(row["site"], row["ad_id"]): row for row in read("entities.jsonl")}
assessments = read("assessments.jsonl")

order = ["none", "low", "medium", "high"]
advertisers = [row for row in assessments if row["scope"] == "advertiser"]
bands = collections.Counter(row["band"] for row in advertisers)
print(f"{len(entities)} ads, {len(advertisers)} advertisers:", ", ".join(f"{b} {bands[b]} ({bands[b] / len(advertisers):.1%})" for b in reversed(order)))

by_kind = collections.defaultdict(collections.Counter)
best = {}
for row in assessments:
    kinds = collections.Counter(truth[tuple(ad)]["kind"] for ad in row["ads"])
    if row["scope"] == "advertiser":
        by_kind[kinds.most_common(1)[0][0]][row["band"]] += 1
    for ad in row["ads"]:
        operator = truth[tuple(ad)]["operator"]
        best[operator] = max(best.get(operator, 0), order.index(row["band"]))
for kind, counts in sorted(by_kind.items()):
    print(f"  {kind}: " + ", ".join(f"{band} {counts[band]}" for band in reversed(order)))

sizes = collections.Counter(truth[ad]["operator"] for ad in entities)
networks = {row["operator"]: row["pattern"] for ad, row in truth.items() if row["kind"] == "network"}
for operator, pattern in sorted(networks.items()):
    print(f"  network {operator} ({pattern}): {sizes[operator]} ads seen, reaches {order[best.get(operator, 0)]}")

both = told = real = 0
for a, b in itertools.combinations(sorted(entities), 2):
    same_told = entities[a]["network"] == entities[b]["network"]
    same_real = truth[a]["operator"] == truth[b]["operator"]
    both += same_told and same_real
    told += same_told
    real += same_real
print(f"owner pairs by network: precision {both / max(told, 1):.3f}, recall {both / max(real, 1):.3f} ({real} pairs)")
