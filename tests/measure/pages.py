"""Size and time of the researcher's pages on a large store: each at most 100 KB and 100 ms (median of seven, over loopback).

  pages.py BAVN DATABASE KEY_FILE WORK_FOLDER

Makes a researcher's account, serves the store, signs in and asks for each page in turn. Says what is over and ends with 1 then.
"""

import html
import http.client
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse

bavn, database, key, work = sys.argv[1:]
MOST_MS, MOST_BYTES, ROUNDS = 100, 100_000, 7
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
base = [bavn, "--config", f"{work}/config", "--database", database, "--key", key]
subprocess.run([bavn, "--config", f"{work}/config", "init"], check=True, capture_output=True)
added = subprocess.run([*base, "user", "add", "maaler", "--name", "Maaler", "--role", "researcher"], input="a-long-password\n",
                       text=True, capture_output=True)
if added.returncode and "already" not in added.stderr:
    sys.exit(added.stderr)
log = open(f"{work}/serve.log", "w")
serve = subprocess.Popen([*base, "serve", "--listen", f"127.0.0.1:{port}"], stdout=log, stderr=log)
cookies = {}


def ask(method, path, form=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Accept-Language": "da"}
    body = urllib.parse.urlencode(form) if form else None
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Origin"] = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    link.request(method, path, body, headers)
    answer = link.getresponse()
    text = answer.read()
    took = (time.perf_counter() - began) * 1000
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            name, value = value.split(";")[0].split("=", 1)
            cookies[name] = value
    return answer.status, text.decode("utf-8", "replace"), took, answer.getheader("Location")


try:
    for _ in range(600):
        try:
            status, page, _, _ = ask("GET", "/sign-in")
            break
        except OSError:
            if serve.poll() is not None:
                sys.exit(f"bavn serve ended: see {work}/serve.log")
            time.sleep(0.2)
    token = re.search(r'name="form_token" value="([^"]*)"', page).group(1)
    status, page, _, location = ask("POST", "/sign-in", {"form_token": token, "login": "maaler", "password": "a-long-password"})
    if status not in (302, 303):
        sys.exit(f"signing in gave {status}")
    _, queue, _, _ = ask("GET", "/queue")
    case = html.unescape(re.search(r'href="(/case/[^"?#]+)', queue).group(1))
    _, text, _, _ = ask("GET", case)
    network = re.search(r'href="(/network/[^"?#]+)', text)
    _, found, _, _ = ask("GET", "/search?q=ny")
    ad = re.search(r'href="(/ad/[0-9]+)"', found)
    pages = ["/queue", "/queue?band=medium&region=region-hovedstaden", "/queue?region=region-hovedstaden", "/queue?language=en",
             "/queue?indicator=third_person_voice", case, *([network.group(1)] if network else []), *([ad.group(1)] if ad else []),
             "/search", "/search?q=pige", "/search?q=ring+ny", "/search?q=ny&show=networks", "/search?q=ny&show=cases", "/second", "/history", "/history?whose=all",
             "/shared-numbers", "/indicators", "/indicators/third_person_voice", "/drift", "/try", "/findings"]
    over = 0
    for path in pages:
        rounds = [ask("GET", path) for _ in range(ROUNDS)]
        status, text, _, _ = rounds[-1]
        took, size = statistics.median(one[2] for one in rounds), len(text.encode())
        wrong = [] if status == 200 else [f"status {status}"]
        wrong += ["too slow"] if took > MOST_MS else []
        wrong += ["too large"] if size > MOST_BYTES else []
        over += bool(wrong)
        shown = re.sub(r"(/case/|/network/|/ad/).*", r"\1…", path)
        print(f"{shown:<50} {took:7.0f} ms {size / 1000:7.1f} KB  {', '.join(wrong)}")
    sys.exit(1 if over else 0)
finally:
    serve.terminate()
    serve.wait()
