"""Makes WARC files as other tools write them.

others.py warcio FILE BASE    by warcio: newest first, a revisit before what it repeats, WARC/1.0, Browsertrix's habits
others.py wget FOLDER BASE    by wget against the site at BASE
"""
import base64
import hashlib
import subprocess
import sys
from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

REVISIT = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"


def page(title, text, phone):
    return f"<h1>{title}</h1><p class=text>{text}</p><p class=phone>{phone}</p>".encode()


def warcio(file, base):
    with open(file, "wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.0")

        def response(path, date, body, headers=(), status="200 OK", kind="text/html"):
            headers = [("Content-Type", kind), *headers]
            record = writer.create_warc_record(
                base + path, "response", payload=BytesIO(body), warc_headers_dict={"WARC-Date": date},
                http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"))
            writer.write_record(record)
            return record

        first = page("Anna", "First text, call me", "34 00 00 51")
        digest = "sha1:" + base64.b32encode(hashlib.sha1(first).digest()).decode()
        # The revisit of 3 October stands before the page of 1 October that it repeats, and that of 5 October before both.
        response("/ad/1", "2026-10-05T08:00:00Z", page("Anna", "Second text, call me", "34 00 00 51"))
        writer.write_record(writer.create_revisit_record(
            base + "/ad/1", digest, base + "/ad/1", "2026-10-01T08:00:00Z",
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": "2026-10-03T08:00:00Z"}))
        # Decoded, with the headers of its coding left as they were: so do tools that drive a browser.
        response("/ad/1", "2026-10-01T08:00:00Z", first,
                 [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")])
        response("/ad/2", "2026-10-02T08:00:00Z", page("Bea", "Another text", "34 00 00 52"))
        response("/ad/2", "2026-10-06T08:00:00Z", b"", status="410 Gone")
        response("/2.png", "2026-10-02T08:00:01Z", b"\x89PNG\r\n\x1a\nPIXELS-PIXELS", kind="image/png")
        response("/about", "2026-10-02T08:00:02Z", b"<p>who we are</p>")
        response("/list", "2026-10-02T07:59:00Z", b'<ul><li><a href="/ad/1">Anna</a></li><li><a href="/ad/2">Bea</a></li></ul>')
        elsewhere = writer.create_warc_record(
            "https://elsewhere.example/", "response", payload=BytesIO(b"no site of ours"),
            http_headers=StatusAndHeaders("200 OK", [], protocol="HTTP/1.1"))
        writer.write_record(elsewhere)


def wget(folder, base):
    subprocess.run(
        ["wget", "-q", "-r", "-l", "2", "--no-proxy", "--warc-file", f"{folder}/wget", "-P", f"{folder}/files", f"{base}/list"],
        check=False, timeout=60)


{"warcio": warcio, "wget": wget}[sys.argv[1]](*sys.argv[2:])
