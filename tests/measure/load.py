"""Signed-in people at the pages, each with one request in ten seconds, while ads come in and are analysed.

load.py BAVN SCALE WORK USERS SECONDS ADS: makes the demo's store, adds ADS made ads, adds USERS accounts, serves the pages,
and asks for queue, case, list and outcome as USERS people. Then the same on PostgreSQL, where LOAD_POSTGRES names an empty
database. Prints p50, p95 and the longest time by kind; exits 1 where an answer was wrong or an act was lost or doubled.
"""

import html
import http.client
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.parse

bavn, scale, work, users, seconds, ads = sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7])
PAUSE = 10.0
PASSWORD = "a long enough password"


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stdout}\n{done.stderr}")
    return done.stdout


class Person(threading.Thread):
    def __init__(self, number, port, until, times, faults, sent):
        super().__init__(daemon=True)
        self.number, self.port, self.until = number, port, until
        self.times, self.faults, self.sent = times, faults, sent
        self.cookies, self.page, self.path = {}, "", ""

    def ask(self, kind, method, path, fields=None):
        body = urllib.parse.urlencode(fields) if fields is not None else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except OSError as error:
            self.faults.append(f"{method} {kind}: {error}")
            return 0, ""
        finally:
            connection.close()
        if kind:
            self.times.setdefault(kind, []).append(time.monotonic() - began)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, rest = value.split("=", 1)
                self.cookies[key] = rest.split(";")[0]
        # A conflict is an answer: somebody else was first.
        if answer.status >= 400 and answer.status != 409:
            self.faults.append(f"{method} {kind} {path.split('/')[1]}: {answer.status}")
        if answer.status in (302, 303):
            return answer.status, answer.getheader("location")
        self.page, self.path = text, path
        return answer.status, text

    def token(self):
        found = re.search(r'name="form_token" value="([^"]*)"', self.page)
        return found.group(1) if found else ""

    def sign_in(self):
        self.ask("", "GET", "/sign-in")
        fields = {"form_token": self.token(), "login": f"load{self.number}", "password": PASSWORD, "next": ""}
        status, where = self.ask("", "POST", "/sign-in", fields)
        if status not in (302, 303):
            self.faults.append(f"sign-in: {status}")

    def wait(self):
        time.sleep(max(0.0, min(random.uniform(0.5, 1.5) * PAUSE, self.until - time.monotonic())))

    def run(self):
        # People do not come at once: the first minute brings them in.
        time.sleep(random.uniform(0, PAUSE))
        self.sign_in()
        while time.monotonic() < self.until:
            self.wait()
            if time.monotonic() >= self.until:
                return
            (self.research if self.number % 2 == 0 else self.outreach)()

    def research(self):
        cases = re.findall(r'href="(/case/case_[A-Za-z0-9_-]+)', self.page)
        if cases and random.random() < 0.6:
            self.ask("case", "GET", random.choice(cases))
        else:
            self.ask("queue", "GET", "/queue")

    def outreach(self):
        claim = re.search(r'action="(/line/\d+/claim)"', self.page)
        attempt = re.search(r'action="(/line/\d+/attempt)".*?</form>', self.page, re.S)
        lines = re.findall(r'href="(/line/\d+)"', self.page)
        if attempt:
            form = attempt.group(0)
            fields = {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)}
            fields["channel"] = re.search(r'name="channel" value="([^"]+)"', form).group(1)
            outcomes = [o for o in re.findall(r'name="outcome" value="([^"]+)"', form) if o == "no_answer"]
            fields["outcome"] = outcomes[0] if outcomes else re.search(r'name="outcome" value="([^"]+)"', form).group(1)
            status, where = self.ask("outcome", "POST", attempt.group(1), fields)
            if status in (302, 303):
                self.sent.append(fields["key"])
                # The same form once more, as a phone does that lost its connection: one attempt all the same.
                self.ask("outcome", "POST", attempt.group(1), fields)
            self.page = ""
        elif claim:
            status, where = self.ask("claim", "POST", claim.group(1), {"form_token": self.token()})
            self.page = ""
            if status in (302, 303):
                self.ask("line", "GET", where)
        elif lines and random.random() < 0.7:
            self.ask("line", "GET", random.choice(lines))
        else:
            self.ask("list", "GET", "/today")


def load(name, store, store_arguments, key):
    port = free_port()
    serve = subprocess.Popen(
        [bavn, *store_arguments, "serve", "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=open(os.path.join(work, f"{name}.log"), "w"),
    )
    for _ in range(600):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
            break
        except OSError:
            time.sleep(0.1)
    before = int(run(scale, "events", store, "attempt", BAVN_MASTER_KEY_FILE=key))
    times, faults, sent = {}, [], []
    until = time.monotonic() + seconds
    people = [Person(number, port, until, times, faults, sent) for number in range(users)]
    for person in people:
        person.start()
    batches = 0
    while time.monotonic() < until:
        # What a crawl writes and the analysis that follows it.
        run(scale, "batch", store, "300", BAVN_MASTER_KEY_FILE=key)
        batches += 1
    for person in people:
        person.join(60)
    serve.terminate()
    serve.wait(30)
    after = int(run(scale, "events", store, "attempt", BAVN_MASTER_KEY_FILE=key))
    print(f"--- {name}: {users} people, {seconds} s, {batches} batches of 300 ads analysed meanwhile")
    for kind, all_times in sorted(times.items()):
        all_times.sort()
        at = lambda share: all_times[min(len(all_times) - 1, int(len(all_times) * share))] * 1000
        print(f"{kind:<8} {len(all_times):>6} requests   p50 {at(0.5):>7.0f} ms   p95 {at(0.95):>7.0f} ms   longest {all_times[-1] * 1000:>7.0f} ms")
    distinct = len(set(sent))
    print(f"attempts sent {distinct} (each twice), kept {after - before}, faults {len(faults)}")
    for fault in sorted(set(faults))[:10]:
        print("  ", fault)
    return not faults and after - before == distinct


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


data = os.path.join(work, "data")
key = data + ".key"
run(bavn, "--data", data, "demo", "--once")
sqlite = os.path.join(data, "bavn.sqlite")
if ads:
    run(scale, "fill", sqlite, str(ads), BAVN_MASTER_KEY_FILE=key)
    run(scale, "analyse", sqlite, BAVN_MASTER_KEY_FILE=key)
run(scale, "users", sqlite, str(users), BAVN_MASTER_KEY_FILE=key)
good = True
postgres = os.environ.get("LOAD_POSTGRES")
if postgres:
    run(bavn, "--key", key, "store", "copy", f"sqlite:{sqlite}", postgres)
good = load("SQLite", sqlite, ["--data", data], key) and good
if postgres:
    arguments = ["--data", data, "--database", postgres, "--key", key]
    good = load("PostgreSQL", postgres, arguments, key) and good
sys.exit(0 if good else 1)
