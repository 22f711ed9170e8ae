"""Near-identical texts alone: bavn, rensa and datasketch over the same texts in one run, with the truth.

Usage: run.py NEAR_TEXTS [--ads N] [--seed S] [--rounds R] [--skip TOOL]
NEAR_TEXTS is bavn's example of that name in release (crates/linkage/examples/near_texts.rs): texts in, pairs out.

All get the same texts, with number, price, name and place taken out already. The Python tools get word triples, 128
permutations, and several thresholds, of which the best F1 counts for them; reading and splitting the texts is left out of
their time and is in bavn's. A tool's pairs count as it says them, or as the sets that they hold together, whichever gives
it the better F1.
"""

import argparse
import collections
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import corpus

STRIPPED = {**{name: "<name>" for name in corpus.NAMES}, **{town: "<place>" for town in corpus.TOWNS}}


def skeleton(text):
    words = [STRIPPED.get(word, word) for word in text.split()]
    words = ["<phone>" if word.startswith("34") and len(word) == 8 else "<price>" if word.isdigit() else word for word in words]
    return " ".join(words)


def components(pairs, many):
    parent = list(range(many))

    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        a, b = find(a), find(b)
        if a != b:
            parent[max(a, b)] = min(a, b)
    sets = collections.defaultdict(list)
    for x in range(many):
        sets[find(x)].append(x)
    together = set()
    for members in sets.values():
        if len(members) > 2000:  # A giant: its pairs would not fit, and the tool is out of the question with them.
            members = members[:2000]
        together.update(itertools.combinations(members, 2))
    return together


def figures(found, truth, heavy):
    both = len(found & truth)
    precision, recall = both / max(len(found), 1), both / max(len(truth), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f1, precision, recall, len(found & heavy) / max(len(heavy), 1)


def best(pairs, many, truth, heavy):
    pairs = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    return max(figures(pairs, truth, heavy), figures(components(pairs, many), truth, heavy))


def triples(text):
    words = text.split()
    return [" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))]


def clocks():
    spent = os.times()
    return time.perf_counter(), spent.user + spent.system + spent.children_user + spent.children_system


def since(start):
    """Seconds on the wall, and of all cores together: the second says more on a machine with other work."""
    now = clocks()
    return now[0] - start[0], now[1] - start[1]


def rensa(sets):
    from rensa import RMinHash, RMinHashLSH

    for threshold, bands in ((0.25, 32), (0.35, 32), (0.5, 16)):
        start = clocks()
        sketches = RMinHash.from_token_sets(sets, 128, 42)
        index = RMinHashLSH(threshold, 128, bands)
        index.insert_pairs(list(enumerate(sketches)))
        pairs = []
        for number, sketch in enumerate(sketches):
            for other in index.query(sketch):
                if other < number and sketch.jaccard(sketches[other]) >= threshold:
                    pairs.append((other, number))
        yield f"rensa, Jaccard {threshold}", pairs, since(start)


def datasketch(sets):
    from datasketch import MinHash, MinHashLSH

    for threshold in (0.25, 0.35, 0.5):
        start = clocks()
        index = MinHashLSH(threshold=threshold, num_perm=128)
        sketches, pairs = [], []
        for number, words in enumerate(sets):
            sketch = MinHash(num_perm=128)
            sketch.update_batch([word.encode() for word in words])
            for other in index.query(sketch):
                if sketch.jaccard(sketches[other]) >= threshold:
                    pairs.append((other, number))
            index.insert(number, sketch)
            sketches.append(sketch)
        yield f"datasketch, Jaccard {threshold}", pairs, since(start)


def bavn(program, texts, folder):
    source, target = folder / "texts.txt", folder / "pairs.txt"
    source.write_text("\n".join(texts) + "\n", encoding="utf-8")
    start = clocks()
    subprocess.run([program, str(source), str(target)], check=True)
    took = since(start)
    yield "bavn", [tuple(map(int, line.split())) for line in target.open()], took


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("near_texts")
    arguments.add_argument("--ads", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--skip", action="append", default=[])
    given = arguments.parse_args()
    ads = corpus.corpus(given.ads, given.seed)
    texts = [skeleton(text) for text, _, _ in ads]
    of_text = collections.defaultdict(list)
    for number, (_, behind, _) in enumerate(ads):
        of_text[behind].append(number)
    truth = {pair for members in of_text.values() for pair in itertools.combinations(members, 2)}
    heavy = {pair for pair in truth if any(ads[ad][2] == "heavy" for ad in pair)}
    print(f"{len(ads)} texts, {len(truth)} pairs with one text behind them, {len(heavy)} of them with a heavy edit", flush=True)
    sets = [triples(text) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(given.rounds):
            for tool in (lambda: bavn(given.near_texts, texts, Path(folder)), lambda: rensa(sets), lambda: datasketch(sets)):
                for name, pairs, took in tool():
                    f1, precision, recall, of_heavy = best(pairs, len(ads), truth, heavy)
                    print(
                        f"{name}: {len(ads) / took[0]:,.0f} ads/s ({took[0]:.1f} s, {took[1]:.1f} CPU-seconds), F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f}), heavy edits found {of_heavy:.3f}",
                        flush=True,
                    )
                    if name.split(",")[0] in given.skip:
                        break


if __name__ == "__main__":
    main()
