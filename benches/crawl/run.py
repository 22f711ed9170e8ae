#!/usr/bin/env python3
"""Crawls one site of made-up ads on loopback with bavn, PyPI's Scrapy, the crate spider and a plain loop, in turn, and
says pages a second, CPU time and memory of each. Fails where the fields that they read are not the same.

    run.py BAVN KEPT_ADS SCRAPY FOLDER [--ads N] [--rounds N] [--only NAME,NAME]
"""
import argparse, datetime, json, os, pathlib, shutil, statistics, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
BINARIES = HERE / "target" / "release"


def memory(pid):
    """The most memory that a process has held so far, in MiB."""
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def measured(command, output=None):
    """Runs a command to its end: wall seconds, user and system seconds, MiB."""
    log = open(output, "wb") if output else subprocess.DEVNULL
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.PIPE)
    most = 0
    while True:
        most = max(most, memory(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.02)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    said = process.stderr.read().decode()
    if process.returncode:
        sys.exit(f"{command[0]} failed ({process.returncode}):\n{said}")
    return {"wall": wall, "user": usage.ru_utime, "system": usage.ru_stime, "memory": most, "said": said}


def tidy(ad):
    """One ad as it is compared: white space and the spelling of times are no difference."""
    posted = datetime.datetime.fromisoformat(ad["posted_at"]).timestamp()
    texts = {name: " ".join(ad[name].split()) for name in ("ad_id", "title", "body", "phone", "price", "age", "place", "name", "category")}
    return {**texts, "posted_at": posted, "images": ad["images"]}


def ads_of(path):
    return {ad["ad_id"]: tidy(ad) for ad in map(json.loads, open(path))}


class Bench:
    def __init__(self, options, port):
        self.options, self.work = options, pathlib.Path(options.folder)
        self.start = f"http://127.0.0.1:{port}/list"
        self.config = self.work / "config"
        subprocess.run([options.bavn, "--config", self.config, "init"], check=True, stderr=subprocess.DEVNULL)
        (self.config / "sites" / "bench").mkdir()
        text = (HERE / "site" / "site.toml").read_text().replace("PORT", str(port))
        (self.config / "sites" / "bench" / "site.toml").write_text(text)

    def bavn(self):
        data = self.work / "data"
        shutil.rmtree(data, ignore_errors=True)
        key = self.work / "key"
        key.write_text("07" * 32 + "\n")
        command = [self.options.bavn, "--config", self.config, "--data", data, "--key", key, "crawl", "--once"]
        result = measured([str(part) for part in command])
        with open(self.work / "bavn.jsonl", "wb") as out:
            store = next(path for path in data.iterdir() if path.suffix in (".db", ".sqlite"))
            subprocess.run([self.options.kept_ads, store, key], stdout=out, check=True)
        return result

    def scrapy(self):
        out = self.work / "scrapy.jsonl"
        out.unlink(missing_ok=True)
        return measured([self.options.scrapy, "runspider", str(HERE / "ads_spider.py"), "-a", f"start={self.start}", "-o", str(out)])

    def spider(self):
        return measured([str(BINARIES / "with_spider"), self.start, str(self.work / "spider.jsonl")])

    def plain(self):
        return measured([str(BINARIES / "plain"), self.start])

    def plain_show(self):
        subprocess.run([str(BINARIES / "plain"), self.start, "--show"], stdout=open(self.work / "plain.jsonl", "wb"), stderr=subprocess.DEVNULL, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bavn", "kept_ads", "scrapy", "folder"):
        parser.add_argument(name)
    parser.add_argument("--ads", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="bavn,scrapy,spider,plain")
    options = parser.parse_args()
    names = options.only.split(",")
    site = subprocess.Popen([str(BINARIES / "pages"), str(options.ads)], stdout=subprocess.PIPE, text=True)
    try:
        port, smallest, mean, largest = site.stdout.readline().split()
        print(f"{options.ads} ad pages of {smallest} to {largest} bytes, {mean} on average")
        bench = Bench(options, port)
        results = {name: [] for name in names}
        for _ in range(options.rounds):
            for name in names:
                results[name].append(getattr(bench, name)())
        if "plain" in names:
            bench.plain_show()
        expected, read = None, {}
        for name in names:
            ads = ads_of(bench.work / f"{name}.jsonl")
            read[name] = len(ads)
            # Another crawler that loses pages is said so, and its rate is of what it read; bavn must not lose any.
            assert read[name] == options.ads or name != "bavn", f"bavn read {len(ads)} ads"
            if read[name] != options.ads:
                print(f"{name} read {read[name]} of {options.ads} ads in its last round")
            expected = expected or ads
            wrong = [(ad, field) for ad in ads for field in ads[ad] if ads[ad][field] != expected[ad][field]]
            assert not wrong, f"{name} and {names[0]} differ: {len(wrong)}, for instance {wrong[0]}"
        print(f"what was read is alike for {', '.join(names)}")
    finally:
        site.kill()
    middle = lambda name, of: statistics.median(of(result) for result in results[name])
    rows = {}
    print(f"{'':8} {'pages/s':>8} {'CPU s':>7} {'user':>6} {'system':>6} {'MiB':>6}   (medians of {options.rounds} rounds, in turn; each the whole process; CPU s for {options.ads} ads)")
    for name in names:
        rows[name] = {
            "rate": read[name] / middle(name, lambda one: one["wall"]),
            "cpu": middle(name, lambda one: one["user"] + one["system"]) * options.ads / read[name],
            "memory": middle(name, lambda one: one["memory"]),
        }
        print(f"{name:8} {rows[name]['rate']:8.0f} {rows[name]['cpu']:7.2f} {middle(name, lambda one: one['user']):6.2f} {middle(name, lambda one: one['system']):6.2f} {rows[name]['memory']:6.0f}")
    if "bavn" in names:
        for name in names[1:]:
            ratio = lambda key: rows["bavn"][key] / rows[name][key]
            print(f"bavn to {name}: {ratio('rate'):.2f} times the pages/s, {ratio('cpu'):.2f} of the CPU time, {ratio('memory'):.2f} of the memory")


if __name__ == "__main__":
    main()
