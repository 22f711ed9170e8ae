"""The text of a PDF, its title, language, number of pages and whether it is tagged, as JSON."""

import json
import sys

import pypdf

reader = pypdf.PdfReader(sys.argv[1])
root = reader.trailer["/Root"]
print(json.dumps({
    "text": "\n".join(page.extract_text() for page in reader.pages),
    "title": reader.metadata.title,
    "language": root.get("/Lang"),
    "pages": len(reader.pages),
    "tagged": bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root,
    "bookmarks": [item.title for item in reader.outline],
}))
