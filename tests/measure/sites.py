"""Many made-up sites on loopback, crawled by several processes that share one PostgreSQL.

sites.py BAVN WORK SITES ADS PROCESSES: SITES sites with ADS ads each, every site at an address of its own with a delay of
DELAY_S between two requests. PROCESSES crawlers read each of them once; then the analysis runs. The database is the empty
one that SITES_POSTGRES names. Prints time, CPU and memory of each part, the database's size, and what was kept; exits 1
where an ad is missing or was read twice.
"""

import http.server
import os
import random
import re
import socketserver
import subprocess
import sys
import threading
import time

bavn, work, sites, ads, processes = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
DELAY_S = 0.2
ON_A_PAGE = 50
PLACES = ["Aarhus C", "Odense C", "Esbjerg", "Aalborg", "Vejle", "Kolding", "Randers", "Horsens"]
NAMES = ["Anna", "Maria", "Sofie", "Lina", "Eva", "Nina", "Clara", "Ida"]
WORDS = "velkommen til en rolig stund ring i god tid jeg er her hele ugen og glæder mig til at høre fra dig".split()
asked = {}


def ad(site, number):
    of = random.Random(site * 1_000_003 + number)
    text = " ".join(of.choice(WORDS) for _ in range(60))
    # Numbers that cannot ring; some are shown on several sites.
    phone = f"34{of.randrange(sites * ads // 2 + 1):06d}"
    return of.choice(NAMES), text, phone, of.choice(PLACES), 600 + 50 * of.randrange(20)


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        site = int(self.connection.getsockname()[0].rsplit(".", 1)[1])
        found = re.fullmatch(r"/list/(\d+)|/ad/(\d+)", self.path)
        if found is None:
            return self.answer(404, "")
        if found.group(1):
            page = int(found.group(1))
            first, last = page * ON_A_PAGE, min(ads, (page + 1) * ON_A_PAGE)
            entries = "".join(f'<article><a href="/ad/{n}">{ad(site, n)[0]}</a></article>' for n in range(first, last))
            more = f'<a rel="next" href="/list/{page + 1}">next</a>' if last < ads else ""
            return self.answer(200, f"<main>{entries}{more}</main>")
        number = int(found.group(2))
        key = (site, number)
        asked[key] = asked.get(key, 0) + 1
        name, text, phone, place, price = ad(site, number)
        filler = "".join(f"<li>menu {n}</li>" for n in range(150))
        self.answer(
            200,
            f"<nav><ul>{filler}</ul></nav><main><h1>{name} i {place}</h1><div class=text>{text}. Pris {price} kr. Ring {phone}.</div>"
            f"<p class=place>{place}</p></main>",
        )

    def answer(self, status, body):
        body = f"<!doctype html><html lang=da><body>{body}</body></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 512


server = Server(("0.0.0.0", 0), Site)
port = server.server_address[1]
threading.Thread(target=server.serve_forever, daemon=True).start()

config, data = os.path.join(work, "config"), os.path.join(work, "data")
key = os.path.join(work, "key")
with open(key, "w") as file:
    file.write("07" * 32 + "\n")
os.chmod(key, 0o600)
subprocess.run([bavn, "--config", config, "init"], check=True, stderr=subprocess.DEVNULL)
for site in range(1, sites + 1):
    folder = os.path.join(config, "sites", f"made{site}")
    os.makedirs(folder)
    with open(os.path.join(folder, "site.toml"), "w") as file:
        file.write(f"""id = "made{site}"
name = "Made-up site {site}"
owner = "bavn's measurements"
purpose = "made-up ads"
start = ["http://127.0.9.{site}:{port}/list/0"]
allow_private_addresses = ["127.0.9.{site}"]
[approval]
by = "the measurement"
at = "2020-01-01"
legal_basis = "made-up data"
until = "2099-12-31"
[pacing]
delay_s = {DELAY_S}
[listing]
item = "article"
ad_id = {{ url = '/ad/(\\d+)' }}
[listing.next]
selector = "a[rel=next]"
[detail]
title = "h1"
body = "div.text"
[detail.fields]
place = {{ select = ".place" }}
[expect]
ads_min = 1
ads_max = 100000
""")

common = [bavn, "--config", config, "--data", data, "--database", os.environ["SITES_POSTGRES"], "--key", key]


def memory(pid):
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def measured(what, commands):
    began = time.monotonic()
    logs = [open(os.path.join(work, f"{what}{n}.log"), "wb") for n in range(len(commands))]
    running = [subprocess.Popen(command, stdout=log, stderr=log) for command, log in zip(commands, logs)]
    most, used, left = [0] * len(running), 0.0, set(range(len(running)))
    while left:
        for n in sorted(left):
            most[n] = max(most[n], memory(running[n].pid))
            pid, status, usage = os.wait4(running[n].pid, os.WNOHANG)
            if pid:
                used += usage.ru_utime + usage.ru_stime
                left.discard(n)
                if status:
                    sys.exit(f"{what} failed: {open(logs[n].name).read()[-2000:]}")
        time.sleep(0.05)
    wall = time.monotonic() - began
    print(f"{what:<8} {len(commands)} processes: {wall:.0f} s, {used:.1f} CPU-seconds, most memory of one {max(most):.0f} MiB", flush=True)
    return wall, used


# The first process makes the tables.
subprocess.run([*common, "site", "list"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall, used = measured("crawl", [[*common, "crawl", "--once"]] * processes)
pages = sum(asked.values())
least = DELAY_S * (ads + -(-ads // ON_A_PAGE) + 1)
print(f"         {pages} ads' pages of {sites} sites; {pages / wall:.0f} a second, {1000 * used / max(1, pages):.1f} CPU-ms each; the pace alone asks {least:.0f} s")
measured("again", [[*common, "crawl", "--once"]] * processes)
measured("analyse", [[*common, "analyse"]])
out = subprocess.run([*common, "export", "entities"], capture_output=True, text=True, check=True).stdout
kept = len(out.splitlines())
twice = sum(1 for count in asked.values() if count > 1)
print(f"ads kept {kept} of {sites * ads}, pages asked for more than once {twice}")
sys.exit(0 if kept == sites * ads and len(asked) == sites * ads and twice == 0 else 1)
