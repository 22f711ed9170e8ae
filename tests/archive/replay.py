"""Checks a WARC file with other people's tools.

replay.py FILE < expected.json      expected: {url: [body in base64, ...]} in the order in which they were fetched

`warcio check` must accept the file, and pywb, started on loopback, must replay each capture with the same bytes.
"""
import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

tools = Path(sys.executable).parent
file = Path(sys.argv[1]).resolve()
expected = json.load(sys.stdin)


def fail(text):
    sys.exit(f"replay.py: {text}")


check = subprocess.run([tools / "warcio", "check", "-v", file], capture_output=True, text=True)
if check.returncode != 0 or "digest failed" in check.stdout:
    fail(f"warcio check: {check.stdout}{check.stderr}")
if "digest pass" not in check.stdout:
    fail(f"warcio check saw no digest: {check.stdout}")

kinds, captures = {}, {}
with open(file, "rb") as stream:
    for record in ArchiveIterator(stream):
        kinds[record.rec_type] = kinds.get(record.rec_type, 0) + 1
        if record.rec_type in ("response", "revisit"):
            url = record.rec_headers.get_header("WARC-Target-URI")
            status = record.http_headers.get_statuscode()
            if status in ("200", "304", "404", "410") and not record.rec_headers.get_header("WARC-Truncated"):
                captures.setdefault(url, []).append(record.rec_headers.get_header("WARC-Date"))

folder = tempfile.mkdtemp()
quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.run([tools / "wb-manager", "init", "small"], check=True, **quiet)
subprocess.run([tools / "wb-manager", "add", "small", file], check=True, **quiet)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen([tools / "wayback", "-b", "127.0.0.1", "-p", str(port)], **quiet)
try:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        fail("pywb did not start")
    replayed = 0
    for url, bodies in expected.items():
        dates = captures.get(url, [])
        if len(dates) != len(bodies):
            fail(f"{len(bodies)} answers were fetched of {url}, {len(dates)} are in the file")
        for date, body in zip(dates, bodies):
            stamp = re.sub(r"\D", "", date)[:14]
            request = f"http://127.0.0.1:{port}/small/{stamp}id_/{url}"
            try:
                answer = urllib.request.urlopen(request, timeout=60)
            except urllib.error.HTTPError as error:
                answer = error
            found = answer.read()
            if found != base64.b64decode(body):
                fail(f"{request}: {len(found)} bytes replayed (status {answer.status}) are not those that were fetched")
            replayed += 1
finally:
    server.terminate()
    server.wait()
    subprocess.run(["rm", "-rf", folder], check=False)
print(json.dumps({"replayed": replayed, "kinds": kinds}))
